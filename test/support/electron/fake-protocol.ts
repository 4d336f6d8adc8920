import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { PageRequest } from '../../../src/apps/shell/page/page-door.ts'

/** What a page sees of an answer: Electron hands Chromium a Node stream and one value for each header. */
export type PageAnswer = Readonly<{
  status: number
  headers: Record<string, string>
  body: Readable | null
  text: () => Promise<string>
}>

/** What a page sees of a failure: `TypeError: Failed to fetch`, with Chromium's reason in its console. */
export class NetworkError extends Error {
  readonly code: 'ERR_FAILED' | 'ERR_UNEXPECTED' | 'ERR_UNKNOWN_URL_SCHEME'
  constructor(code: NetworkError['code']) {
    super(`Failed to fetch (${code})`)
    this.code = code
  }
}

export type PageCall = Readonly<{
  method?: string
  headers?: Record<string, string>
  body?: string
  /** In pieces, as Chromium hands over what is not one buffer. */
  streamed?: boolean
  /** Who asks; absent for what the window itself loads. */
  initiatorOrigin?: string
}>

type Handler = (request: PageRequest) => Response | Promise<Response>

type Scheme = Readonly<{ scheme: string; privileges?: Record<string, boolean> }>

/**
 * `protocol.handle` as Electron 45 has it.
 *
 * @see electron lib/browser/api/protocol.ts: the body goes through Readable.fromWeb, headers through Object.fromEntries,
 *   what is thrown is ERR_UNEXPECTED, Response.error() is ERR_FAILED; the request has no signal
 */
export class FakeProtocol {
  readonly schemes: Scheme[] = []
  readonly #handlers = new Map<string, Handler>()
  readonly #isReady: () => boolean

  constructor(isReady: () => boolean) {
    this.#isReady = isReady
  }

  registerSchemesAsPrivileged = (schemes: readonly Scheme[]): void => {
    if (this.#isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    if (this.schemes.length > 0) throw new Error('a second call replaces the first')
    this.schemes.push(...schemes)
  }

  handle = (scheme: string, handler: Handler): void => {
    if (!this.#isReady()) throw new Error('protocol is used before app is ready')
    if (this.#handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    this.#handlers.set(scheme, handler)
  }

  /** Asks as a page would; rejects with what Chromium makes of a failure. */
  async request(url: string, call: PageCall = {}): Promise<PageAnswer> {
    const { protocol } = new URL(url)
    const handler = this.#handlers.get(protocol.slice(0, -1))
    if (!handler) throw new NetworkError('ERR_UNKNOWN_URL_SCHEME')
    let answer: Response
    try {
      answer = await handler(asRequest(url, call))
    } catch {
      throw new NetworkError('ERR_UNEXPECTED')
    }
    if (answer.type === 'error') throw new NetworkError('ERR_FAILED')
    const body = answer.body ? Readable.fromWeb(answer.body as NodeReadableStream<Uint8Array>) : null
    // Chromium hears of a stream that breaks as a failed load; here the reader does.
    body?.on('error', () => undefined)
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body,
      async text() {
        let text = ''
        for await (const chunk of body ?? []) text += Buffer.from(chunk as Uint8Array).toString('utf8')
        return text
      },
    }
  }
}

function asRequest(url: string, { method = 'GET', headers = {}, body, streamed, initiatorOrigin }: PageCall) {
  const bytes = body === undefined ? null : new TextEncoder().encode(body)
  const stream = bytes && streamed ? pieces(bytes) : null
  const request = new Request(url, {
    ...{ method, headers, body: stream ?? bytes },
    ...(stream ? { duplex: 'half' } : {}),
  })
  if (initiatorOrigin !== undefined) Object.defineProperty(request, 'initiatorOrigin', { value: initiatorOrigin })
  return request as PageRequest
}

function pieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(out) {
      if (at >= bytes.length) return out.close()
      out.enqueue(bytes.slice(at, at + 7))
      at += 7
    },
  })
}
