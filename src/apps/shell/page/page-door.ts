import { PAGE_HOST, PAGE_ORIGIN, NOTICE_HOST } from './page-address.ts'
import { noticePage, type Notice } from './notice-pages.ts'

/** A request as Electron hands it over; it knows who asked, which the page can't forge. */
export type PageRequest = Request & Readonly<{ initiatorOrigin?: string }>

export type PageDoorContext = Readonly<{
  /** The launcher's fetch handler, over its socket. Rejects when nobody listens. */
  send: (request: Request) => Promise<Response>
  /** What the window shows while there is no page. */
  notice: () => Notice
  /** Something was asked for and there is no launcher; `again` when a person asked, by the link of the notice. */
  onNoLauncher: (again: boolean) => void
}>

/** Of one connection, not of the request or the answer; Chromium has connections of its own. @see RFC 9110, 7.6.1 */
const HOP_BY_HOP = [
  'connection',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** Every answer has one; this is for the few that the launcher's server gives before its handler is asked. */
const STRICTEST = "default-src 'none'; frame-ancestors 'none'"

/**
 * Answers `app://` requests: `app://slipway` is the launcher, through its socket, streams included.
 *
 * A failure is thrown, never answered: Chromium makes a network error of it, after which an EventSource tries again; any
 * status but 200 would close it for good. Cancelling an answer closes the connection to the launcher, and with it the
 * subscription behind a stream.
 */
export function pageDoor(ctx: PageDoorContext): (request: PageRequest) => Promise<Response> {
  return async (request) => {
    const { host } = new URL(request.url)
    if (host === NOTICE_HOST) return noticePage(ctx.notice())
    if (host !== PAGE_HOST) return Response.error()
    // Absent means that the window itself asks, as it does for a document; anything else must be our page.
    const asker = request.initiatorOrigin
    if (asker !== undefined && asker !== PAGE_ORIGIN && !isFirstVisit(request)) return Response.error()
    const hangUp = new AbortController()
    try {
      return asAnswer(await ctx.send(await asUpstream(request, hangUp.signal)), hangUp)
    } catch (error) {
      ctx.onNoLauncher(isFirstVisit(request))
      throw error
    }
  }
}

/** The link "Try again" leads from a notice to the page: a document, and no part of the API. */
function isFirstVisit(request: PageRequest): boolean {
  const isNotice = request.initiatorOrigin === `app://${NOTICE_HOST}`
  return isNotice && request.method === 'GET' && new URL(request.url).pathname === '/'
}

async function asUpstream(request: Request, hangUp: AbortSignal): Promise<Request> {
  const headers = new Headers(request.headers)
  for (const name of HOP_BY_HOP) headers.delete(name)
  // The API takes small JSON only; a whole body has a length, and needs no half-duplex stream.
  const body = request.body ? await request.arrayBuffer() : undefined
  return new Request(request.url, {
    method: request.method,
    headers,
    signal: AbortSignal.any([hangUp, request.signal]),
    ...(body && body.byteLength > 0 ? { body } : {}),
  })
}

function asAnswer(answer: Response, hangUp: AbortController): Response {
  const headers = new Headers(answer.headers)
  for (const name of HOP_BY_HOP) headers.delete(name)
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', STRICTEST)
  const body = answer.body ? cancellable(answer.body, hangUp) : null
  return new Response(body, { status: answer.status, statusText: answer.statusText, headers })
}

/** The same bytes; cancelling them hangs up on the launcher at once, also between two events. */
function cancellable(source: ReadableStream<Uint8Array>, hangUp: AbortController): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  return new ReadableStream<Uint8Array>({
    async pull(out) {
      const { done, value } = await reader.read()
      if (done) out.close()
      else out.enqueue(value)
    },
    async cancel(reason) {
      hangUp.abort()
      await reader.cancel(reason).catch(() => undefined)
    },
  })
}
