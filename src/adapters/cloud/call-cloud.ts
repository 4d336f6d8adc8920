import { isUnsent } from '../http/impatient-agents.ts'
import { isTooLong, openPlainHttp, type PlainAnswer, type PlainRequest } from '../http/plain-http.ts'
import type { CloudAddress } from './ask.ts'

/** What came of an exchange, before anybody has judged it. */
export type CloudReply =
  | (Readonly<{ kind: 'reply' }> & PlainAnswer)
  /** Not a byte of it left. */
  | Readonly<{ kind: 'unsent'; why: string }>
  | Readonly<{ kind: 'lost'; why: string }>

export type CloudCalls = Readonly<{
  /** Never throws for what network and server can do. Ends at the signal. */
  call(request: PlainRequest, signal: AbortSignal): Promise<CloudReply>
  close(): void
}>

/** Far above any answer, bytes. */
const LONGEST_ANSWER = 4 * 1024 * 1024

/** HTTP to one cloud. */
export function openCloudCalls(address: CloudAddress, connectMs: number): CloudCalls {
  const http = openPlainHttp({ address, connectMs, sockets: 8, longestAnswer: LONGEST_ANSWER })
  return {
    async call(request, signal) {
      try {
        return { kind: 'reply', ...(await http.call(request, signal)) }
      } catch (error) {
        return { kind: isUnsent(error) ? 'unsent' : 'lost', why: reasonOf(error) }
      }
    },
    close: http.close,
  }
}

/** What may be told of an error. The error itself carries the request with its headers, the licence key with them. */
function reasonOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  const known = typeof code === 'string' ? REASONS[code] : undefined
  if (known !== undefined) return known
  if (isTooLong(error)) return 'its answer is far too long'
  if (error instanceof Error && /no connection within/.test(error.message)) return 'it did not accept in time'
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : 'the connection failed'
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'it does not run',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'it did not answer in time',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that this computer does not trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that this computer does not trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that this computer does not trust',
  CERT_HAS_EXPIRED: 'its certificate has expired (or the clock of this computer is wrong)',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (or the clock of this computer is wrong)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}
