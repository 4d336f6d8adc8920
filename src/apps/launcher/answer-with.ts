import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Largest body a request may have, bytes; the API takes small JSON only. */
const LARGEST_BODY = 1_048_576

/**
 * Answers Node's requests with a fetch handler.
 *
 * The handler's signal aborts when the client hangs up, and a client that reads slowly is not written to: nothing
 * piles up for a stream nobody reads.
 *
 * @param onFailure told what the handler threw; the client gets a bare 500
 */
export function answerWith(handle: (request: Request) => Promise<Response>, onFailure: (error: unknown) => void) {
  return async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const hangUp = new AbortController()
    outgoing.once('close', () => hangUp.abort())
    try {
      const body = await readBody(incoming)
      if (body === 'too-large') {
        outgoing.writeHead(413, { connection: 'close' }).end()
        return
      }
      await sendResponse(await handle(asRequest(incoming, body, hangUp.signal)), outgoing, hangUp.signal)
    } catch (error) {
      if (hangUp.signal.aborted) return
      onFailure(error)
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(500).end()
    }
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer<ArrayBuffer> | 'too-large'> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_BODY) return 'too-large'
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function asRequest(incoming: IncomingMessage, body: Buffer<ArrayBuffer>, signal: AbortSignal): Request {
  const headers = new Headers()
  for (let at = 0; at < incoming.rawHeaders.length; at += 2)
    headers.append(incoming.rawHeaders[at]!, incoming.rawHeaders[at + 1]!)
  // The door has judged the Host already; here it would only be a way to get a strange URL.
  const url = new URL(incoming.url ?? '/', 'http://localhost')
  return new Request(url, {
    method: incoming.method ?? 'GET',
    headers,
    signal,
    ...(body.length > 0 ? { body } : {}),
  })
}

/** Sends a response as fast as it is read. */
export async function sendResponse(response: Response, outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies)
  outgoing.writeHead(response.status)
  if (!response.body || outgoing.req.method === 'HEAD') {
    await response.body?.cancel()
    outgoing.end()
    return
  }
  outgoing.flushHeaders()
  const reader = response.body.getReader()
  signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined), { once: true })
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (!outgoing.write(value)) await once(outgoing, 'drain', { signal })
  }
  outgoing.end()
}
