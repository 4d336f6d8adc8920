import { refuse } from '../../../domain/failure/refusal.ts'

/** Options as commander hands them over; each form uses some. */
export type TradeOptions = Readonly<{ requestId?: string; timeout?: string; protective?: boolean }> &
  Readonly<Partial<Record<TextOption, string>>>

type TextOption =
  | 'limit'
  | 'tif'
  | 'quantity'
  | 'amount'
  | 'percent'
  | 'stop'
  | 'symbol'
  | 'expiry'
  | 'far'
  | 'strike'
  | 'type'
  | 'side'
  | 'buy'
  | 'sell'
  | 'putBuy'
  | 'putSell'
  | 'callSell'
  | 'callBuy'
  | 'lower'
  | 'middle'
  | 'upper'
  | 'put'
  | 'call'
  | 'netLimit'

type FormOption = Readonly<{ flags: string; says: string; choices?: readonly string[]; isRequired?: boolean }>

/** How one command of the trading service is written on the command line. What it means is checked by the bot. */
export type TradeForm = Readonly<{
  kind: string
  says: string
  /** Arguments after the account. */
  words: readonly string[]
  options: readonly FormOption[]
  read: (words: readonly string[], options: TradeOptions) => Readonly<Record<string, unknown>>
}>

const limit: FormOption = { flags: '--limit <price>', says: 'trade at this price or better; at the market without it' }
const tif: FormOption = { flags: '--tif <time>', says: 'how long it works', choices: ['day', 'gtc'] }
const quantity: FormOption = { flags: '--quantity <lots>', says: 'lots; all that is not protected without it' }
const expiry: FormOption = {
  flags: '--expiry <expiry>',
  says: 'a date, or the n-th that has not passed (0 is the nearest)',
  isRequired: true,
}
const netLimit: FormOption = {
  flags: '--net-limit <money>',
  says: 'most that one unit may cost; negative where it must bring something in',
}
const type: FormOption = { flags: '--type <type>', says: 'calls or puts', choices: ['call', 'put'], isRequired: true }
const side: FormOption = {
  flags: '--side <side>',
  says: 'buy it or sell it',
  choices: ['buy', 'sell'],
  isRequired: true,
}
const strike = (name: string, says: string): FormOption => ({
  ...{ flags: `--${name} <strike>`, says: `${says}: a price, or atm, itm1, otm2 …`, isRequired: true },
})

const size = (text: string | undefined) => whole('quantity', text)
const put = (entries: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined))
const atBest = ({ limit: limitPrice }: TradeOptions) => put({ limitPrice })

const single = (kind: string, says: string): TradeForm => ({
  ...{ kind, says, words: ['symbol', 'quantity'], options: [limit] },
  read: ([symbol, lots], options) => ({ kind, symbol, quantity: size(lots), ...atBest(options) }),
})

const option = (kind: string, says: string): TradeForm => ({
  ...{ kind, says, words: ['underlying', 'quantity'] },
  options: [expiry, strike('strike', 'its strike'), limit],
  read: ([underlying, lots], options) => ({
    ...{ kind, underlying, quantity: size(lots), expiry: expiryOf(options.expiry), strike: strikeOf(options.strike) },
    ...atBest(options),
  }),
})

const spread = (
  kind: string,
  says: string,
  options: readonly FormOption[],
  read: (options: TradeOptions) => Record<string, unknown>,
): TradeForm => ({
  ...{ kind, says, words: ['underlying', 'quantity'], options: [expiry, ...options, netLimit] },
  read: ([underlying, lots], given) => ({
    ...{ kind, underlying, quantity: size(lots), expiry: expiryOf(given.expiry), ...read(given) },
    ...put({ netLimit: given.netLimit }),
  }),
})

export const TRADE_FORMS: readonly TradeForm[] = [
  single('buy', 'open or enlarge a long position'),
  single('sell', 'reduce or close a long position'),
  single('short-sell', 'open or enlarge a short position'),
  single('cover-short', 'reduce or close a short position'),
  {
    ...{ kind: 'market-order', says: 'buy or sell at the market', words: ['side', 'symbol', 'quantity'], options: [] },
    read: ([side, symbol, lots]) => ({ kind: 'market-order', side, symbol, quantity: size(lots) }),
  },
  {
    ...{ kind: 'limit-order', says: 'buy or sell at a price or better', options: [tif] },
    words: ['side', 'symbol', 'quantity', 'limit'],
    read: ([side, symbol, lots, limitPrice], { tif: timeInForce }) => ({
      ...{ kind: 'limit-order', side, symbol, quantity: size(lots), limitPrice, ...put({ timeInForce }) },
    }),
  },
  {
    ...{ kind: 'stop-limit', says: 'a limit order that begins to work at a stop price', options: [tif] },
    words: ['side', 'symbol', 'quantity', 'stop', 'limit'],
    read: ([side, symbol, lots, stopPrice, limitPrice], { tif: timeInForce }) => ({
      ...{ kind: 'stop-limit', side, symbol, quantity: size(lots), stopPrice, limitPrice, ...put({ timeInForce }) },
    }),
  },
  {
    ...{ kind: 'stop-loss', says: 'a stop on the open position', words: ['symbol', 'stop'], options: [quantity] },
    read: ([symbol, stopPrice], options) => ({ kind: 'stop-loss', symbol, stopPrice, ...someLots(options) }),
  },
  {
    ...{ kind: 'trailing-stop', says: 'a stop that follows the best price', words: ['symbol'] },
    options: [
      { flags: '--amount <price>', says: 'distance as an amount of the price' },
      { flags: '--percent <percent>', says: 'distance as percent of the price' },
      quantity,
    ],
    read: ([symbol], options) => ({ kind: 'trailing-stop', symbol, ...trailOf(options), ...someLots(options) }),
  },
  {
    ...{ kind: 'bracket-order', says: 'an entry with its stop and target', options: [limit] },
    words: ['side', 'symbol', 'quantity', 'stop', 'target'],
    read: ([side, symbol, lots, stopPrice, targetPrice], options) => ({
      ...{ kind: 'bracket-order', side, symbol, quantity: size(lots), stopPrice, targetPrice, ...atBest(options) },
    }),
  },
  {
    ...{ kind: 'oco-order', says: 'stop and target of the open position, one cancels the other', options: [quantity] },
    words: ['symbol', 'stop', 'target'],
    read: ([symbol, stopPrice, targetPrice], options) => ({
      ...{ kind: 'oco-order', symbol, stopPrice, targetPrice, ...someLots(options) },
    }),
  },
  {
    ...{ kind: 'modify-order', says: 'change size or prices of an open order', words: ['order'] },
    options: [
      { flags: '--quantity <lots>', says: 'lots of the whole order, what has filled included' },
      { flags: '--limit <price>', says: 'its limit price' },
      { flags: '--stop <price>', says: 'its stop price' },
      { flags: '--amount <price>', says: 'of a trailing stop: distance as an amount of the price' },
      { flags: '--percent <percent>', says: 'of a trailing stop: distance as percent of the price' },
    ],
    read: ([clientOrderId], options) => ({
      ...{ kind: 'modify-order', clientOrderId, ...someLots(options), ...trailOf(options) },
      ...put({ limitPrice: options.limit, stopPrice: options.stop }),
    }),
  },
  {
    ...{ kind: 'cancel-order', says: 'cancel an open order', words: ['order'], options: [] },
    read: ([clientOrderId]) => ({ kind: 'cancel-order', clientOrderId }),
  },
  {
    ...{ kind: 'cancel-all', says: 'cancel open orders; protection of open positions stays', words: [] },
    options: [
      { flags: '--symbol <symbol>', says: 'of one symbol only' },
      { flags: '--protective', says: 'protection of open positions as well' },
    ],
    read: (_, { symbol, protective }) => ({ kind: 'cancel-all', ...put({ symbol, protective }) }),
  },
  option('buy-call', 'open a long call, or close a short one'),
  option('sell-call', 'close a long call, or open a short one'),
  option('buy-put', 'open a long put, or close a short one'),
  option('sell-put', 'close a long put, or open a short one'),
  {
    ...{ kind: 'exercise', says: 'exercise an option that is held', words: ['symbol', 'quantity'], options: [] },
    read: ([symbol, lots]) => ({ kind: 'exercise', symbol, quantity: size(lots) }),
  },
  spread(
    'vertical-spread',
    'buy one strike and sell another',
    [type, strike('buy', 'the strike to buy'), strike('sell', 'the strike to sell')],
    (given) => ({ type: given.type, buy: strikeOf(given.buy), sell: strikeOf(given.sell) }),
  ),
  spread(
    'iron-condor',
    'sell a put and a call, and buy one further out of each',
    [
      strike('put-buy', 'the put to buy'),
      strike('put-sell', 'the put to sell'),
      strike('call-sell', 'the call to sell'),
      strike('call-buy', 'the call to buy'),
    ],
    (given) => ({
      ...{ putBuy: strikeOf(given.putBuy), putSell: strikeOf(given.putSell) },
      ...{ callSell: strikeOf(given.callSell), callBuy: strikeOf(given.callBuy) },
    }),
  ),
  spread(
    'butterfly-spread',
    'buy the outer strikes and sell the middle one twice, or the other way round',
    [type, side, strike('lower', 'the lowest'), strike('middle', 'the middle one'), strike('upper', 'the highest')],
    (given) => ({
      ...{ type: given.type, side: given.side, lower: strikeOf(given.lower) },
      ...{ middle: strikeOf(given.middle), upper: strikeOf(given.upper) },
    }),
  ),
  spread(
    'calendar-spread',
    'sell the near expiry and buy the far one, or the other way round',
    [
      type,
      side,
      strike('strike', 'the strike of both'),
      { flags: '--far <expiry>', says: 'the far expiry', isRequired: true },
    ],
    (given) => ({ type: given.type, side: given.side, strike: strikeOf(given.strike), far: expiryOf(given.far) }),
  ),
  spread('straddle', 'a call and a put of one strike', [side, strike('strike', 'the strike of both')], (given) => ({
    side: given.side,
    strike: strikeOf(given.strike),
  })),
  spread(
    'strangle',
    'a put and a call of different strikes',
    [side, strike('put', 'the strike of the put'), strike('call', 'the strike of the call')],
    (given) => ({ side: given.side, put: strikeOf(given.put), call: strikeOf(given.call) }),
  ),
  {
    ...{ kind: 'close-position', says: 'close a position at the market', words: ['symbol'], options: [] },
    read: ([symbol]) => ({ kind: 'close-position', symbol }),
  },
  {
    ...{ kind: 'close-all-positions', says: 'close every position of the account', words: [], options: [] },
    read: () => ({ kind: 'close-all-positions' }),
  },
  {
    ...{ kind: 'reduce-position', says: 'close a share of a position', words: ['symbol', 'percent'], options: [] },
    read: ([symbol, percent]) => ({ kind: 'reduce-position', symbol, percent: number('percent', percent) }),
  },
  {
    ...{ kind: 'reverse-position', says: 'close a position and open the same on the other side', words: ['symbol'] },
    ...{ options: [], read: ([symbol]) => ({ kind: 'reverse-position', symbol }) },
  },
  {
    ...{ kind: 'hedge-position', says: 'open the opposite of a share of a position in another instrument' },
    ...{ words: ['symbol', 'with', 'percent'], options: [] },
    read: ([symbol, other, percent]) => ({
      ...{ kind: 'hedge-position', symbol, with: other, percent: number('percent', percent) },
    }),
  },
  {
    ...{ kind: 'flatten', says: 'cancel every order and close every position of the account', words: [], options: [] },
    read: () => ({ kind: 'flatten' }),
  },
]

function someLots({ quantity: lots }: TradeOptions) {
  return lots === undefined ? {} : { quantity: size(lots) }
}

function trailOf({ amount, percent }: TradeOptions) {
  return put({ trailAmount: amount, trailPercent: percent === undefined ? undefined : number('percent', percent) })
}

function number(name: string, text: string | undefined): number {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : refuse('bad-usage', `${name} ${text} is no number.`, 'Give it in digits.')
}

function whole(name: string, text: string | undefined): number {
  const value = number(name, text)
  return Number.isSafeInteger(value)
    ? value
    : refuse('bad-usage', `${name} ${text} is no whole number of lots.`, 'Give whole lots.')
}

function expiryOf(text = ''): Record<string, unknown> {
  return /^\d{1,3}$/.test(text) ? { nth: Number(text) } : { date: text }
}

function strikeOf(text = ''): Record<string, unknown> {
  const match = /^(atm|itm|otm)(\d*)$/i.exec(text)
  if (!match) return { price: text }
  const [, word = '', steps = ''] = match
  const offset = word.toLowerCase() === 'atm' ? 0 : Number(steps === '' ? '1' : steps)
  return { itmOffset: word.toLowerCase() === 'otm' ? -offset : offset }
}
