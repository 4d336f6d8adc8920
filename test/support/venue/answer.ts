import { moneyText, type WireOrderOut } from './wire-out.ts'
import { orderToWire } from './wire-out.ts'
import type { CallName } from './fault-plan.ts'
import { ChangeInput, ComboInput, OrderInput, VenueRefusal } from './order-input.ts'
import type { Venue } from './venue.ts'
import { numberOf } from './views.ts'

export type Answer = Readonly<{ status: number; body: unknown; headers?: Readonly<Record<string, string>> }>

/** A request, told apart. */
export type Asked = Readonly<{ call: CallName; id: string; query: URLSearchParams; body: unknown }>

const FILLS_PER_PAGE = 200

/** @returns undefined for a path the protocol does not have */
export function askedBy(method: string, url: URL, body: unknown): Asked | undefined {
  const named = (call: CallName, id = '') => ({ call, id, query: url.searchParams, body })
  const [, v1, what, ...rest] = url.pathname.split('/').map(decodeURIComponent)
  if (v1 !== 'v1') return undefined
  if (method === 'POST' && what === 'orders' && rest.length === 0) return named('submit')
  if (method === 'POST' && what === 'combos') return named('combo')
  if (what === 'orders' && rest.length === 1 && method === 'PATCH') return named('replace', rest[0])
  if (what === 'orders' && rest.length === 1 && method === 'DELETE') return named('cancel', rest[0])
  if (method !== 'GET') return undefined
  if (what === 'orders' && rest[0] === 'by-client-id' && rest.length === 2) return named('order', rest[1])
  if (what === 'orders' && rest.length === 0) return named('open')
  if (what === 'capabilities' || what === 'fills' || what === 'positions' || what === 'cash') return named(what)
  return undefined
}

/** Does what is asked, for good, and says so. */
export function perform(venue: Venue, { call, id, query, body }: Asked): Answer {
  const { exchange } = venue
  const settings = venue.settings()
  try {
    switch (call) {
      case 'capabilities':
        return { status: 200, body: capabilitiesOf(venue) }
      case 'submit': {
        const { isFirst, order } = exchange.submit(parse(OrderInput, body))
        return isFirst ? { status: 201, body: orderToWire(order) } : duplicate({ order: orderToWire(order) })
      }
      case 'combo': {
        const { isFirst, orders } = exchange.combo(parse(ComboInput, body))
        const shown = orders.map(orderToWire)
        return isFirst ? { status: 201, body: { orders: shown } } : duplicate({ orders: shown })
      }
      case 'replace':
      case 'cancel': {
        const order = exchange.shown(id)
        if (!order) return unknown(id)
        const after =
          call === 'cancel'
            ? exchange.cancel(order, 'canceled by the client')
            : exchange.replace(order, parse(ChangeInput, body))
        return { status: 200, body: orderToWire(after) }
      }
      case 'order': {
        const order: WireOrderOut | undefined = venue.view().order(id)
        return order ? { status: 200, body: order } : unknown(id)
      }
      case 'open':
        return { status: 200, body: { orders: venue.view().openOrders() } }
      case 'fills': {
        const after = Number(query.get('after') ?? 0)
        const found = venue.view().fills(after)
        const page = found.slice(0, FILLS_PER_PAGE)
        const last = page.at(-1)
        return {
          status: 200,
          body: { fills: page, cursor: String(last ? numberOf(last) : after), more: found.length > page.length },
        }
      }
      case 'positions':
        return { status: 200, body: { positions: settings.emptyPositions ? [] : venue.view().positions() } }
      case 'cash': {
        const { currency, currencyDigits } = settings.account
        return { status: 200, body: { cash: moneyText(venue.view().cash(), currencyDigits), currency } }
      }
      case 'stream':
        return { status: 426, body: { code: 'upgrade-required', message: 'this is a WebSocket' } }
    }
  } catch (error) {
    if (!(error instanceof VenueRefusal)) throw error
    return { status: 422, body: { code: error.code, message: error.message } }
  }
}

function capabilitiesOf(venue: Venue) {
  const { capabilities, dedupe, visibilityLagMs, claimedLagMs, requestsPerSecond, tellsLimit, account } =
    venue.settings()
  const { accountId, identity, mode, currency } = account
  const told = identity ?? `slipway-test/${accountId}`
  return {
    protocol: 1,
    venue: 'Slipway test venue',
    capabilities: {
      ...{ ...capabilities, dedupesClientOrderId: dedupe },
      visibilityLagMs: claimedLagMs ?? visibilityLagMs,
    },
    limits: requestsPerSecond !== null && tellsLimit ? { requestsPerSecond } : {},
    accounts: [{ accountId, mode, currency, ...(told === '' ? {} : { identity: told }) }],
  }
}

function parse<T>(
  schema: {
    safeParse(
      body: unknown,
    ): { success: true; data: T } | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } }
  },
  body: unknown,
): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new VenueRefusal('malformed', `${issue?.path.join('.')}: ${issue?.message}`)
}

function duplicate(first: Record<string, unknown>): Answer {
  return { status: 409, body: { code: 'duplicate-client-order-id', message: 'this id was used before', ...first } }
}

function unknown(id: string): Answer {
  return { status: 404, body: { code: 'order-unknown', message: `there is no order ${id}` } }
}
