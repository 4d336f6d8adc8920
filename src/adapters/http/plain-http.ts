import axios from 'axios'
import { impatientAgents } from './impatient-agents.ts'

export type PlainHttpParts = Readonly<{
  /** A socket of this computer, or an address without a slash at the end. */
  address: Readonly<{ socketPath: string } | { url: string }>
  /** Longest time a connection may take to open, milliseconds. */
  connectMs: number
  /** Most connections at once. */
  sockets: number
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>
  /** Longest answer, bytes; a longer one is cut off, and the call fails. */
  longestAnswer: number
}>

/** One exchange, as it leaves. */
export type PlainRequest = Readonly<{
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string>> | undefined
  /** JSON. */
  body?: string | undefined
  headers?: Readonly<Record<string, string>>
  /** Bytes; for an answer of which less is expected than of others. */
  longestAnswer?: number | undefined
}>

/** Whatever its status. */
export type PlainAnswer = Readonly<{ status: number; text: string; retryAfter: unknown }>

export type PlainHttp = Readonly<{
  /**
   * @throws axios' error, which carries the request with its headers: never to be shown. `isUnsent` (impatient-agents.ts)
   *   tells whether a byte of it can have left, `isTooLong` whether the answer was cut off
   */
  call(request: PlainRequest, signal: AbortSignal): Promise<PlainAnswer>
  /** Cuts all connections. */
  close(): void
}>

/** HTTP to one place. No proxy, no redirect, no packed bodies: what is asked goes to that address and nowhere else. */
export function openPlainHttp({ address, connectMs, sockets, headers, longestAnswer }: PlainHttpParts): PlainHttp {
  const isSecure = 'url' in address && address.url.toLowerCase().startsWith('https:')
  const agents = impatientAgents(connectMs, isSecure, { keepAlive: true, maxSockets: sockets })
  const client = axios.create({
    ...('url' in address ? { baseURL: address.url } : { baseURL: 'http://localhost', socketPath: address.socketPath }),
    // Bots are bundled with this one only: slim-axios.ts.
    adapter: 'http',
    headers: { accept: 'application/json', 'accept-encoding': 'identity', ...headers },
    httpAgent: agents.httpAgent,
    httpsAgent: agents.httpsAgent,
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    responseType: 'text',
    transformRequest: [(body: unknown) => body],
    transformResponse: [(text: unknown) => text],
    validateStatus: () => true,
  })
  return {
    async call({ method, path, query, body, headers: own, longestAnswer: longest = longestAnswer }, signal) {
      const kind = body === undefined ? {} : { 'content-type': 'application/json' }
      const answer = await client.request<unknown>({
        ...{ method, url: path, params: query, data: body, signal, headers: { ...kind, ...own } },
        maxContentLength: longest,
      })
      const text = typeof answer.data === 'string' ? answer.data : ''
      return { status: answer.status, text, retryAfter: answer.headers['retry-after'] }
    },
    close: agents.close,
  }
}

/** Whether a call failed because its answer was longer than it may be. */
export function isTooLong(error: unknown): boolean {
  return error instanceof Error && error.message.includes('maxContentLength')
}
