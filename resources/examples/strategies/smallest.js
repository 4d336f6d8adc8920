/** The smallest strategy there can be: buys at the first bar of each session and leaves the rest to stop and target. */
export default {
  id: 'smallest',
  title: 'The smallest strategy',
  parameters: [],
  open: () => ({
    onBar(bar, session, position) {
      if (!session || position.tradesToday > 0 || position.quantity !== 0 || position.entryPending) return undefined
      const reasons = [{ code: 'first-bar', text: 'Nothing was traded in this session yet.' }]
      return { kind: 'enter', side: 'buy', stopPx: bar.close - 40, targetPx: bar.close + 40, reasons }
    },
    snapshot: () => null,
  }),
}
