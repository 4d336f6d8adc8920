import { refuse } from '../../domain/failure/refusal.ts'
import type { Asked, CloudTrouble } from './ask.ts'

/** Codes that are about a licence. */
const LICENCE = /^(license_|seat_limit|device_limit|account_|lease_)/

/** The answer of the cloud to somebody who waits for it. @throws {Refused} licence-refused, cloud-unreachable, bad-usage */
export function answerOrRefuse<T>(asked: Asked<T>): T {
  return asked.kind === 'answer' ? asked.value : refuseTrouble(asked.failure)
}

function refuseTrouble({ kind, code, message, nextStep, retryAfterMs }: CloudTrouble): never {
  if (kind === 'refused' && code !== undefined && LICENCE.test(code))
    return refuse('licence-refused', message, nextStep)
  if (kind === 'refused' || kind === 'invalid') return refuse('bad-usage', message, nextStep)
  const wait = retryAfterMs === undefined ? 'in a moment' : `in ${Math.ceil(retryAfterMs / 1_000)} seconds`
  return refuse('cloud-unreachable', message, `Try again ${wait}. How it stands: slipway cloud status`)
}
