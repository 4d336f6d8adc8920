import { request as httpRequest, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/**
 * `fetch` over a Unix socket or a named pipe. The answer streams; aborting the request closes its connection.
 *
 * @param endpoint  path of the socket
 * @param connectMs how long the socket may take to accept, milliseconds
 * @throws the system's error (ENOENT, ECONNREFUSED) when nobody listens
 */
export async function socketFetch(endpoint: string, request: Request, connectMs: number): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined
  const headers = Object.fromEntries(request.headers)
  if (body) headers['content-length'] = String(body.length)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = httpRequest({
      socketPath: endpoint,
      method: request.method,
      path: pathname + search,
      headers: { ...headers, host: 'localhost' },
      signal: request.signal,
      agent: false,
    })
    const timer = setTimeout(
      () => asked.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      connectMs,
    )
    asked.once('socket', (socket) => socket.once('connect', () => clearTimeout(timer)))
    asked.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    asked.once('response', resolve)
    asked.end(body)
  })
  return asResponse(answer)
}

function asResponse(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 500
  const headers = new Headers()
  for (const [name, value] of Object.entries(answer.headers))
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one)
  if (status === 204 || status === 304) {
    answer.resume()
    return new Response(null, { status, headers })
  }
  // Node's own type and the platform's differ in name only.
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers })
}
