import type {
  DecisionRow,
  OrderRow,
  PositionRow,
  ReconciliationRow,
  TradeRow,
} from '../../../contracts/account-records.ts'
import type { Cli } from '../cli.ts'
import { sumDecimals } from '../money-text.ts'
import type { Column } from '../table.ts'
import { shortTime } from '../time-text.ts'
import { wholeNumber } from '../whole-number.ts'
import { withLauncher, type LauncherApi } from '../with-launcher.ts'

type Options = Readonly<{ limit?: string }>
type Page = { id: string; limit: number; after?: string }

const PAGE = 5_000
/** Without --limit a table ends with so many rows; --json is always whole. */
const ROWS_SHOWN = 50

/** `slipway trades ID`. */
export function trades(cli: Cli, id: string, options: Options): Promise<number> {
  return list<TradeRow>(cli, id, options, {
    what: 'trades',
    read: (api, page) => api.trades(page),
    keyOf: (row) => row.tradeId,
    answer: tradeAnswer,
    columns: [
      { title: 'ENTRY', text: (row) => shortTime(row.entryTime) },
      { title: 'EXIT', text: (row) => shortTime(row.exitTime) },
      { title: 'SYMBOL', text: (row) => row.symbol },
      { title: 'SIDE', text: (row) => row.side },
      { title: 'QTY', text: (row) => row.quantity, align: 'right' },
      { title: 'ENTRY PRICE', text: (row) => row.entryPrice, align: 'right' },
      { title: 'EXIT PRICE', text: (row) => row.exitPrice, align: 'right' },
      { title: 'GROSS', text: (row) => row.grossPnl, align: 'right' },
      { title: 'FEES', text: (row) => row.fees, align: 'right' },
      {
        title: 'NET',
        text: (row) => row.netPnl,
        align: 'right',
        paint: (text, row) => cli.out.paint(row.netPnl.startsWith('-') ? 'red' : 'green', text),
      },
      { title: '', text: (row) => row.currency },
      { title: 'WHY', text: (row) => row.exitReason, flexible: true },
    ],
    summary: (rows) => {
      const currencies = [...new Set(rows.map((row) => row.currency))]
      const net = currencies.map(
        (currency) =>
          `${sumDecimals(rows.filter((row) => row.currency === currency).map((row) => row.netPnl))} ${currency}`,
      )
      return `${counted(rows.length, 'trades')}, net ${net.join(', ')}`
    },
  })
}

/** `slipway orders ID`. */
export function orders(cli: Cli, id: string, options: Options): Promise<number> {
  return list<OrderRow>(cli, id, options, {
    what: 'orders',
    read: (api, page) => api.orders(page),
    keyOf: (row) => row.clientOrderId,
    answer: (row) => row,
    columns: [
      { title: 'CREATED', text: (row) => shortTime(row.createdAt) },
      { title: 'CLIENT ORDER ID', text: (row) => row.clientOrderId },
      { title: 'SYMBOL', text: (row) => row.symbol },
      { title: 'SIDE', text: (row) => row.side },
      { title: 'TYPE', text: (row) => row.type },
      { title: 'PURPOSE', text: (row) => row.purpose },
      { title: 'QTY', text: (row) => row.quantity, align: 'right' },
      { title: 'FILLED', text: (row) => row.cumQty, align: 'right' },
      { title: 'LIMIT', text: (row) => row.limitPrice, align: 'right' },
      { title: 'STOP', text: (row) => row.stopPrice ?? (row.trail && `trails ${row.trail}`), align: 'right' },
      { title: 'TIF', text: (row) => row.timeInForce },
      { title: 'STATUS', text: (row) => row.status },
      { title: 'WHY', text: (row) => row.reason, flexible: true },
    ],
  })
}

/** `slipway positions ID`: the position journal. */
export function positions(cli: Cli, id: string, options: Options): Promise<number> {
  return list<PositionRow>(cli, id, options, {
    what: 'position actions',
    read: (api, page) => api.positions(page),
    keyOf: (row) => String(row.action_id),
    answer: (row) => row,
    columns: [
      { title: 'ID', text: (row) => row.action_id, align: 'right' },
      { title: 'DATE', text: (row) => shortTime(row.date) },
      { title: 'ACTION', text: (row) => row.action_type },
      { title: 'SYMBOL', text: (row) => row.symbol },
      { title: 'AMOUNT', text: (row) => row.amount, align: 'right' },
      { title: 'POSITIONS', text: (row) => positionsText(row.positions), flexible: true },
      { title: 'CASH', text: (row) => row.cash, align: 'right' },
      { title: '', text: (row) => row.currency },
    ],
  })
}

/** `slipway decisions ID`: what was decided at each bar, and why. */
export function decisions(cli: Cli, id: string, options: Options): Promise<number> {
  return list<DecisionRow>(cli, id, options, {
    what: 'decisions',
    read: (api, page) => api.decisions(page),
    keyOf: (row) => row.decisionId,
    answer: (row) => row,
    columns: [
      { title: 'BAR', text: (row) => shortTime(row.barTime) },
      { title: 'SYMBOL', text: (row) => row.symbol },
      { title: 'ACTION', text: (row) => row.action },
      { title: 'SIDE', text: (row) => row.side },
      { title: 'QTY', text: (row) => row.quantity, align: 'right' },
      { title: 'PRICE', text: (row) => row.price, align: 'right' },
      { title: 'CONF', text: (row) => row.confidence.toFixed(2), align: 'right' },
      {
        title: 'REASONS',
        text: (row) => row.reasons.map((reason) => reason.text.replace(/\.$/, '')).join('; '),
        flexible: true,
      },
    ],
  })
}

/** `slipway reconciliations ID`: what comparing the books with the broker's found and did. */
export function reconciliations(cli: Cli, id: string, options: Options): Promise<number> {
  return list<ReconciliationRow>(cli, id, options, {
    what: 'reconciliations',
    read: (api, page) => api.reconciliations(page),
    keyOf: (row) => String(row.reportId),
    answer: (row) => row,
    columns: [
      { title: 'AT', text: (row) => shortTime(row.at) },
      { title: 'TIMES', text: (row) => row.times, align: 'right' },
      {
        title: 'BOOKS',
        text: (row) => (row.agrees ? 'agree' : 'differ'),
        paint: (text, row) => cli.out.paint(row.agrees ? 'green' : 'red', text),
      },
      { title: 'WHAT WAS FOUND AND DONE', text: (row) => reportText(row), flexible: true },
    ],
  })
}

function reportText({ lines, agrees }: ReconciliationRow): string {
  if (lines.length > 0) return lines.map(({ text }) => text.replace(/\.$/, '')).join('; ')
  return agrees ? 'orders, fills, positions and cash were the same' : 'the broker could not be asked'
}

/** @param what in the plural */
function counted(count: number, what: string): string {
  return `${count} ${count === 1 ? what.replace(/s$/, '') : what}`
}

type Listing<Row> = Readonly<{
  what: string
  read: (api: LauncherApi, page: Page) => Promise<Row[]>
  keyOf: (row: Row) => string
  answer: (row: Row) => unknown
  columns: readonly Column<Row>[]
  summary?: (rows: readonly Row[]) => string
}>

async function list<Row>(cli: Cli, id: string, options: Options, listing: Listing<Row>): Promise<number> {
  const limit = options.limit === undefined ? undefined : wholeNumber(options.limit, '--limit', 1, 1_000_000)
  return withLauncher(cli, async (api) => {
    const all = await readAll(api, id, listing)
    const asked = limit === undefined ? all : all.slice(-limit)
    cli.out.answer(asked.map(listing.answer), () => {
      if (all.length === 0) return cli.out.line(`Account ${id} has no ${listing.what} yet.`)
      const shown = limit === undefined ? all.slice(-ROWS_SHOWN) : asked
      cli.out.table(listing.columns, shown)
      cli.out.line(listing.summary ? listing.summary(all) : counted(all.length, listing.what))
      if (shown.length < all.length)
        cli.out.note(`The last ${shown.length} of ${all.length} are shown; --limit ${all.length} shows all.`)
    })
    return 0
  })
}

async function readAll<Row>(api: LauncherApi, id: string, { read, keyOf }: Listing<Row>): Promise<Row[]> {
  const rows: Row[] = []
  for (;;) {
    const last = rows.at(-1)
    const page = await read(api, { id, limit: PAGE, ...(last === undefined ? {} : { after: keyOf(last) }) })
    rows.push(...page)
    if (page.length < PAGE) return rows
  }
}

/** A row with its fields in the documented order. */
function tradeAnswer(row: TradeRow) {
  const { tradeId, accountId, userId, symbol, side, quantity, entryTime, entryPrice, exitTime, exitPrice } = row
  const { grossPnl, fees, netPnl, currency, exitReason, confidence } = row
  return {
    ...{ tradeId, accountId, userId, symbol, side, quantity, entryTime, entryPrice, exitTime, exitPrice },
    ...{ grossPnl, fees, netPnl, currency, exitReason, confidence },
  }
}

function positionsText(held: Readonly<Record<string, number>>): string {
  const open = Object.entries(held).filter(([, lots]) => lots !== 0)
  return open.length === 0 ? 'flat' : open.map(([symbol, lots]) => `${symbol} ${lots > 0 ? '+' : ''}${lots}`).join(', ')
}
