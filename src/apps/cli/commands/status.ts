import type { AccountStatus } from '../../../contracts/fleet.ts'
import type { Cli } from '../cli.ts'
import { paintState } from '../paint-state.ts'
import { shortTime } from '../time-text.ts'
import { withLauncher } from '../with-launcher.ts'

/** `slipway status [ID…]`: every account and its bot, or those named, in their order. */
export function status(cli: Cli, ids: readonly string[]): Promise<number> {
  return withLauncher(cli, async (api) => {
    const named = await Promise.all([...new Set(ids)].map((id) => api.status({ id })))
    const rows = ids.length === 0 ? await api.status({}) : named.flat()
    cli.out.answer(rows.map(statusAnswer), () => showStatus(cli, rows))
    return 0
  })
}

/** A row with its fields in the documented order. */
function statusAnswer(row: AccountStatus) {
  const { accountId, userId, broker, mode, strategy, symbol, state, pid, instanceId, startedAt, lastBarAt } = row
  const { position, realizedPnl, unrealizedPnl, tradesToday, lastError, currency, stateReason } = row
  return {
    ...{ accountId, userId, broker, mode, strategy, symbol, state, pid, instanceId, startedAt, lastBarAt },
    ...{ position, realizedPnl, unrealizedPnl, tradesToday, lastError, currency, stateReason },
    holdings: row.holdings ?? [],
  }
}

/** Lots of the first symbol, then whatever else is held, by name: an option is no less a position. */
function positionText({ position, holdings = [], symbol }: AccountStatus): string {
  const first = symbol.split(',')[0]
  const others = holdings.filter((held) => held.symbol !== first)
  if (others.length === 0) return String(position)
  const named = others.map(({ symbol: name, quantity }) => `${quantity > 0 ? '+' : ''}${quantity} ${name}`)
  return [...(position === 0 ? [] : [String(position)]), ...named].join(', ')
}

function showStatus({ out }: Cli, rows: readonly AccountStatus[]): void {
  if (rows.length === 0) return out.line('No accounts yet. Add one: slipway account add ID --user U --symbol S')
  out.table(
    [
      { title: 'ACCOUNT', text: (row) => row.accountId },
      { title: 'SYMBOL', text: (row) => row.symbol },
      { title: 'STRATEGY', text: (row) => row.strategy, flexible: true },
      { title: 'MODE', text: (row) => row.mode },
      { title: 'STATE', text: (row) => row.state, paint: (text, row) => paintState(out, row.state, text) },
      { title: 'PID', text: (row) => row.pid, align: 'right' },
      { title: 'POSITION', text: positionText, align: 'right' },
      { title: 'REALIZED', text: (row) => row.realizedPnl, align: 'right' },
      { title: 'UNREALIZED', text: (row) => row.unrealizedPnl, align: 'right' },
      { title: '', text: (row) => row.currency },
      { title: 'TRADES', text: (row) => row.tradesToday, align: 'right' },
      { title: 'LAST BAR', text: (row) => shortTime(row.lastBarAt) },
      { title: 'REASON', text: (row) => row.stateReason ?? '', flexible: true },
    ],
    rows,
  )
  for (const { accountId, lastError } of rows) if (lastError !== null) out.note(`${accountId}: ${lastError}`)
  const crashed = rows.filter((row) => row.state === 'crashed').map((row) => row.accountId)
  if (crashed.length > 0)
    out.note(`Crashed bots wait for you. See why: slipway logs ${crashed[0]}. Then: slipway start ${crashed.join(' ')}`)
}
