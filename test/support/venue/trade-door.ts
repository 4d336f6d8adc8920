import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { askedBy, perform, type Answer, type Asked } from './answer.ts'
import type { Fault } from './fault-plan.ts'
import type { Venue } from './venue.ts'

/** The side that bots speak to: the protocol over HTTP and the WebSocket, with whatever goes wrong on the way. */
export function openTradeDoor(venueOf: (token: string) => Venue) {
  const sockets = new Set<Socket>()
  /** Moments of the last second's requests. */
  let recent: number[] = []
  let closedUntil = Number.NEGATIVE_INFINITY

  const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    void serve(venueOf(tokenOf(request)), request, response).catch((error: unknown) => {
      // Killed in the middle of its question: nobody asks any more.
      if (!request.complete) return response.destroy()
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      response.destroy()
    })
  })
  server.on('connection', (socket) => {
    if (performance.now() < closedUntil) return void socket.destroy()
    sockets.add(socket)
    socket.on('close', () => void sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  server.on('upgrade', (request, socket) => {
    const now = venueOf(tokenOf(request))
    const url = new URL(request.url ?? '/', 'http://venue')
    const faults = now.faults.meet('stream', undefined)
    const refused = !isAuthorized(now, request) ? 401 : faults.find(({ kind }) => kind === 'status')?.status
    if (faults.some(({ kind }) => kind === 'drop')) return void socket.destroy()
    if (faults.some(({ kind }) => kind === 'hang')) return
    if (refused !== undefined) return void socket.end(`HTTP/1.1 ${refused} No\r\nContent-Length: 0\r\n\r\n`)
    const after = url.searchParams.get('after')
    now.stream.accept(socket, request.headers['sec-websocket-key'] ?? '', after === null ? undefined : Number(after))
  })

  async function serve(now: Venue, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://venue')
    const body = await bodyOf(request)
    const asked = askedBy(request.method ?? 'GET', url, body)
    if (!asked) return send(response, { status: 404, body: { code: 'no-such-path', message: url.pathname } })
    const name = asked.id || textField(body, 'clientOrderId') || textField(body, 'comboId')
    const purpose = textField(body, 'purpose') || now.exchange.find(name)?.purpose
    now.timeLine.note('request', { call: asked.call, ...(name ? { clientOrderId: name } : {}) })
    if (!isAuthorized(now, request))
      return send(response, { status: 401, body: { code: 'unauthorized', message: 'the token is not valid here' } })
    if (isTooFast(now)) return send(response, tooFast(1))
    const faults = now.faults.meet(asked.call, purpose)
    for (const { kind, status } of faults) now.timeLine.note('fault', { call: asked.call, kind, status })
    await meet(now, asked, name, faults, request, response)
  }

  async function meet(
    now: Venue,
    asked: Asked,
    name: string,
    faults: readonly Fault[],
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const fault = (kind: Fault['kind']) => faults.find((one) => one.kind === kind)
    const [least, most] = now.settings().latencyMs
    await pause(now.chance.between(least, most) + (fault('delay')?.ms ?? 0))
    if (fault('drop')) return void request.socket.destroy()
    const said = fault('status')
    const hang = fault('hang')
    if (said && !said.processed) return send(response, answerOf(said))
    if (hang && !hang.processed) return
    const hold = fault('hold')
    if (hold?.where === 'before') await held(now, asked, name, hold)
    raceFirst(now, asked, fault('fill-first'))
    const answer = perform(now, asked)
    now.timeLine.note('done', { call: asked.call, status: answer.status, ...(name ? { clientOrderId: name } : {}) })
    raceLate(now, asked, fault('fill-late'))
    if (hold?.where === 'after') await held(now, asked, name, hold)
    await pause(now.chance.between(least, most) + (fault('delay')?.replyMs ?? 0))
    if (hang) return
    if (fault('lose-reply')) return void request.socket.destroy()
    if (said) return send(response, answerOf(said))
    if (fault('garbage')) return sendText(response, 200, '<html>It works!</html>', 'text/html')
    if (fault('half-reply')) return sendHalf(request.socket, answer)
    send(response, answer)
  }

  function isTooFast(now: Venue): boolean {
    const limit = now.settings().requestsPerSecond
    if (limit === null) return false
    const at = performance.now()
    recent = recent.filter((moment) => at - moment < 1_000)
    if (recent.length >= limit) return true
    recent.push(at)
    return false
  }

  return {
    server,
    /** Cuts every connection and refuses new ones for a while. */
    disconnect(ms: number): void {
      closedUntil = performance.now() + ms
      for (const socket of sockets) socket.destroy()
    },
  }
}

function isAuthorized(now: Venue, request: IncomingMessage): boolean {
  const { token } = now.settings()
  return token === '' || tokenOf(request) === token
}

function tokenOf({ headers }: IncomingMessage): string {
  return /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? ''
}

function held(now: Venue, { call }: Asked, name: string, { where }: Fault): Promise<void> {
  now.timeLine.note('held', { call, where, clientOrderId: name })
  return new Promise((go) => void now.held.push({ call, where, clientOrderId: name || undefined, go }))
}

function raceFirst({ exchange }: Venue, { id }: Asked, fault: Fault | undefined): void {
  const order = fault && exchange.find(id)
  if (order) exchange.force(order, fault.quantity, false)
}

function raceLate({ exchange, later }: Venue, { id }: Asked, fault: Fault | undefined): void {
  const order = fault && exchange.find(id)
  if (order) later(fault.ms, () => exchange.force(order, fault.quantity, true))
}

function answerOf({ status, code, bare, retryAfterS }: Fault): Answer {
  if (status === 429) return { ...tooFast(retryAfterS), ...(bare ? { body: '' } : {}) }
  return { status, body: bare ? '' : { code, message: `the venue was told to answer ${status}` } }
}

function tooFast(retryAfterS: number): Answer {
  return {
    status: 429,
    body: { code: 'too-many-requests', message: 'slow down' },
    headers: { 'retry-after': String(retryAfterS) },
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}

function textField(body: unknown, name: string): string {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value : ''
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await delay(ms)
}

export function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = body === '' ? '' : JSON.stringify(body)
  sendText(response, status, text, 'application/json', headers)
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

/** The header promises more than comes. */
function sendHalf(socket: Socket, { status, body }: Answer): void {
  const text = JSON.stringify(body)
  const head = `HTTP/1.1 ${status} OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n`
  socket.write(head + text.slice(0, Math.floor(text.length / 2)), () => socket.destroy())
}
