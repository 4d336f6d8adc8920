import { Anchor } from '@mantine/core'

/** What the licence of the chart library asks for. */
export function Attribution() {
  return (
    <Anchor
      size="xs"
      c="dimmed"
      href="https://www.tradingview.com/lightweight-charts/"
      target="_blank"
      rel="noreferrer noopener"
      className="attribution"
    >
      Charts by TradingView
    </Anchor>
  )
}
