import { Button, Table } from '@mantine/core'
import type { Times } from '../format/zoned-times.ts'
import { fillMarks, markSentence } from './fill-markers.ts'
import { priceText, sessionDateAt, type PriceSeries } from './price-series.ts'

/** Bars shown as a table; more would make the page slow. */
const MOST_ROWS = 500

type PriceTableProps = Readonly<{ series: PriceSeries; times: Times; onOlder: () => void }>

/** The same as the chart, to be read: newest first. */
export function PriceTable({ series, times, onOlder }: PriceTableProps) {
  const { bars, about } = series
  const price = (ticks: number) => priceText(ticks, about)
  const marks = Map.groupBy(fillMarks(series), ({ bar }) => bar)
  const first = Math.max(0, bars.length - MOST_ROWS)
  const rows = bars.slice(first).map((row, n) => ({ row, marks: marks.get(first + n) ?? [] }))
  return (
    <div className="records" tabIndex={0} role="region" aria-label={`Bars of ${about.symbol}`}>
      <Table verticalSpacing={3} horizontalSpacing="xs" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Bar ({times.zoneName})</Table.Th>
            {['Open', 'High', 'Low', 'Close', 'Volume', 'VWAP', 'Lower band', 'Upper band'].map((name) => (
              <Table.Th key={name} scope="col" className="number">
                {name}
              </Table.Th>
            ))}
            <Table.Th scope="col">What the account did</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.toReversed().map(({ row, marks: done }) => {
            const [at, open, high, low, close, volume, vwap, sigma] = row
            const band = (sigma ?? 0) * about.bandSigma
            return (
              <Table.Tr key={at}>
                <Table.Th scope="row" className="figure">
                  {sessionDateAt(series, at) ?? times.minute(at)}
                </Table.Th>
                {[open, high, low, close].map((ticks, n) => (
                  <Table.Td key={n} className="number">
                    {price(ticks)}
                  </Table.Td>
                ))}
                <Table.Td className="number">{Math.round(volume)}</Table.Td>
                {[0, -band, band].map((away, n) => (
                  <Table.Td key={n} className="number">
                    {vwap === null ? '–' : price(vwap + away)}
                  </Table.Td>
                ))}
                <Table.Td>{done.map((mark) => markSentence(mark, series)).join('; ')}</Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
      {series.older && bars.length < MOST_ROWS && (
        <Button m="xs" size="compact-sm" variant="light" onClick={onOlder}>
          Older bars
        </Button>
      )}
    </div>
  )
}
