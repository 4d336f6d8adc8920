import { clientOrderId, type ClientOrderId } from '../../domain/order/order.ts'

/** The parts that name an order for good: the same parts always give the same id, so a crash cannot make a second one. */
export type OrderIdentity = Readonly<{
  accountId: string
  strategyId: string
  signalId: string
  leg: 'entry' | 'stop' | 'target' | 'exit' | `leg-${number}` | `unwind-${number}` | `repair-${number}`
  attempt: number
}>

/**
 * Deterministic client order id: 26 characters of base32 (130 bits) of a hash over its parts, short enough for every
 * broker we know (Alpaca allows 48).
 *
 * @param sha256Hex hex SHA-256 of a text, supplied by the edge
 */
export function deriveClientOrderId(sha256Hex: (text: string) => string, identity: OrderIdentity): ClientOrderId {
  const { accountId, strategyId, signalId, leg, attempt } = identity
  // JSON keeps the parts apart: ("a","bc") and ("ab","c") must not meet.
  const hash = sha256Hex(JSON.stringify([accountId, strategyId, signalId, leg, attempt]))
  let text = ''
  // The lowest bits first; five hex digits are four characters.
  for (let end = 34; text.length < LENGTH; end -= 5) {
    let bits = Number.parseInt(hash.slice(Math.max(end - 5, 0), end), 16)
    for (let i = 0; i < 4 && text.length < LENGTH; i++, bits >>= 5) text += ALPHABET[bits & 31]
  }
  return clientOrderId(text)
}

const LENGTH = 26
/** RFC 4648 base32, lower case. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
