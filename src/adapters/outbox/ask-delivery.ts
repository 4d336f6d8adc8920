import type { CloudFailureCode } from '../../contracts/cloud/failure.ts'
import { saveTrade, type SaveTrade } from '../../contracts/cloud/pool.ts'
import type { DeliveryAnswer } from '../../domain/experience/delivery.ts'
import type { AskOptions, CloudAsk, CloudTrouble } from '../cloud/ask.ts'

/** What a code says of a row: that it is wrong, that it is and will be, that its sender is not welcome, that no more fit today, or nothing. */
const MEANING = {
  body_invalid: 'wrong',
  body_too_large: 'wrong',
  media_type_unsupported: 'wrong',
  not_found: 'wrong',
  method_not_allowed: 'wrong',
  key_conflict: 'wrong for good',
  user_id_required: 'unwelcome',
  unauthorized: 'unwelcome',
  forbidden: 'unwelcome',
  license_invalid: 'unwelcome',
  license_expired: 'unwelcome',
  license_revoked: 'unwelcome',
  seat_limit: 'unwelcome',
  device_limit: 'unwelcome',
  lease_invalid: 'unwelcome',
  lease_lost: 'unwelcome',
  account_foreign: 'unwelcome',
  account_held: 'unwelcome',
  key_in_flight: 'nothing',
  rate_limited: 'nothing',
  contributions_full: 'full',
  internal: 'nothing',
  unavailable: 'nothing',
} as const satisfies Record<CloudFailureCode, 'wrong' | 'wrong for good' | 'unwelcome' | 'full' | 'nothing'>

/** What to wait where the cloud does not say for how long it takes no more. */
const UNSAID_FULL_MS = 900_000

/** Tries once to deliver a contribution; the key makes a second time harmless. */
export async function askDelivery(ask: CloudAsk, body: SaveTrade, options: AskOptions): Promise<DeliveryAnswer> {
  const asked = await ask(saveTrade, body, options)
  return asked.kind === 'answer' ? { kind: asked.value.result } : answerOf(asked.failure)
}

/** @param failure as the cloud's client tells it */
export function answerOf({ kind, code, message, retryAfterMs }: CloudTrouble): DeliveryAnswer {
  const why = code === undefined ? message : `${code}: ${message}`
  switch (kind) {
    case 'rate-limited':
    case 'resting':
      return { kind: 'wait', ms: retryAfterMs ?? 1_000, why }
    case 'unreachable':
    case 'lost':
    case 'cancelled':
      return { kind: 'silent', why }
    // Our own check of the body: no server was asked, and none would take it.
    case 'invalid':
      return { kind: 'refused', forGood: true, why }
    case 'refused': {
      const meaning = code === undefined ? 'nothing' : MEANING[code]
      if (meaning === 'nothing') return { kind: 'silent', why }
      if (meaning === 'full') return { kind: 'full', ms: retryAfterMs ?? UNSAID_FULL_MS, why }
      if (meaning === 'unwelcome')
        return { kind: 'unwelcome', ...(code === 'lease_invalid' ? { byLease: true as const } : {}), why }
      return { kind: 'refused', forGood: meaning === 'wrong for good', why }
    }
  }
}
