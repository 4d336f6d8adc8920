import axios, { type AxiosResponse } from 'axios'
import { impatientAgents, isUnsent } from '../http/impatient-agents.ts'
import type { CloudAddress } from './ask.ts'

/** One exchange, as it leaves. */
export type CloudRequest = Readonly<{
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string>> | undefined
  body?: string | undefined
  headers: Readonly<Record<string, string>>
}>

/** What came of it, before anybody has judged it. */
export type CloudReply =
  | Readonly<{ kind: 'reply'; status: number; text: string; retryAfter: unknown }>
  /** Not a byte of it left. */
  | Readonly<{ kind: 'unsent'; why: string }>
  | Readonly<{ kind: 'lost'; why: string }>

export type CloudCalls = Readonly<{
  /** Never throws for what network and server can do. Ends at the signal. */
  call(request: CloudRequest, signal: AbortSignal): Promise<CloudReply>
  close(): void
}>

/** Far above any answer; a larger one is cut off. */
const LARGEST_ANSWER = 4 * 1024 * 1024

/** HTTP to one cloud. No proxy, no redirect, no packed bodies: what is asked goes to that address and nowhere else. */
export function openCloudCalls(address: CloudAddress, connectMs: number): CloudCalls {
  const isSecure = 'url' in address && address.url.toLowerCase().startsWith('https:')
  const agents = impatientAgents(connectMs, isSecure, { keepAlive: true, maxSockets: 8 })
  const client = axios.create({
    ...('socketPath' in address
      ? { baseURL: 'http://localhost', socketPath: address.socketPath }
      : { baseURL: address.url }),
    adapter: 'http',
    httpAgent: agents.httpAgent,
    httpsAgent: agents.httpsAgent,
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    maxContentLength: LARGEST_ANSWER,
    responseType: 'text',
    transformRequest: [(body: unknown) => body],
    transformResponse: [(text: unknown) => text],
    validateStatus: () => true,
  })
  return {
    async call({ method, path, query, body, headers }, signal) {
      try {
        const request = { method, url: path, params: query, data: body, signal }
        return replyOf(await client.request<string>({ ...request, headers: { ...headers, ...plainHeaders(body) } }))
      } catch (error) {
        return { kind: isUnsent(error) ? 'unsent' : 'lost', why: reasonOf(error) }
      }
    },
    close: agents.close,
  }
}

function plainHeaders(body: string | undefined): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-encoding': 'identity',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
}

function replyOf({ status, data, headers }: AxiosResponse<string>): CloudReply {
  return { kind: 'reply', status, text: typeof data === 'string' ? data : '', retryAfter: headers['retry-after'] }
}

/** What may be told of an error. The error itself carries the request with its headers, the licence key with them. */
function reasonOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  const known = typeof code === 'string' ? REASONS[code] : undefined
  if (known !== undefined) return known
  if (error instanceof Error && /maxContentLength/.test(error.message)) return 'its answer is far too long'
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
