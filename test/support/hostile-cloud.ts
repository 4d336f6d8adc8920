import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

/** What was asked of a made-up cloud. */
export type HeardCall = Readonly<{
  method: string
  path: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: string
  at: number
}>

export type CloudManner = (call: HeardCall, answer: ServerResponse, request: IncomingMessage) => void

/** A cloud that behaves as a test says, badly as a rule. */
export type HostileCloud = Readonly<{
  url: string
  heard: HeardCall[]
  /** How many it has taken so far. */
  connections(): number
  /** From now on it behaves like this. */
  behave(manner: CloudManner): void
  close(): Promise<void>
}>

export async function hostileCloud(
  manner: CloudManner,
  options: Readonly<{ socketPath?: string; tls?: ServerOptions }> = {},
): Promise<HostileCloud> {
  const heard: HeardCall[] = []
  const open = new Set<Socket>()
  let current = manner
  let taken = 0
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => undefined)
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const call = { method, path: url, headers, body: Buffer.concat(chunks).toString(), at: performance.now() }
      heard.push(call)
      current(call, response, request)
    })
  }
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener)
  server.on('connection', (socket: Socket) => {
    taken++
    open.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>((resolve) =>
    options.socketPath === undefined
      ? server.listen(0, '127.0.0.1', resolve)
      : server.listen(options.socketPath, resolve),
  )
  const address = server.address() as AddressInfo | string
  const port = typeof address === 'string' ? 0 : address.port
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    heard,
    connections: () => taken,
    behave: (next) => (current = next),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

/** Answers with JSON. */
export function says(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): CloudManner {
  return (_, answer) =>
    answer.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** Refuses in the cloud's own words. */
export function refuses(status: number, code: string, headers: Readonly<Record<string, string>> = {}): CloudManner {
  return says(status, { code, message: `It is ${code}.`, next_step: 'Do something.', request_id: 'r' }, headers)
}

/** One manner after the other; the last one stays. */
export function inTurn(...manners: readonly CloudManner[]): CloudManner {
  let turn = 0
  return (...call) => manners[Math.min(turn++, manners.length - 1)]!(...call)
}
