import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import { frameReader, type Frame } from './read-frames.ts'

export type WebSocketEvents = Readonly<{
  text(message: string): void
  /** Once, at the end, also when it never opened. */
  ended(why: string): void
}>

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const LARGEST_MESSAGE = 1024 * 1024
const PONG = 0x8a

/**
 * A WebSocket that only listens.
 *
 * Node's own can neither be cut nor told how long connecting may take: against a server that hangs, its `close()` waits
 * for ever and keeps the process alive. It also costs a bot 17 MB, and hides the status of a refused handshake.
 *
 * @param address `http:` or `https:`
 */
export function connectWebSocket(
  address: Readonly<{ url: string; headers: Readonly<Record<string, string>>; connectMs: number }>,
  events: WebSocketEvents,
): { destroy(why: string): void } {
  const key = randomBytes(16).toString('base64')
  let socket: Duplex | undefined
  let isOver = false
  const end = (why: string) => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    request.destroy()
    socket?.destroy()
    events.ended(why)
  }
  const request = (address.url.startsWith('https:') ? httpsRequest : httpRequest)(address.url, {
    agent: false,
    headers: {
      ...address.headers,
      ...{ connection: 'Upgrade', upgrade: 'websocket' },
      ...{ 'sec-websocket-version': '13', 'sec-websocket-key': key },
    },
  })
  const timer = setTimeout(() => end(`no connection within ${address.connectMs} ms`), address.connectMs)
  request.on('error', (error) => end(error.message))
  request.on('close', () => socket ?? end('the connection closed'))
  request.on('response', ({ statusCode }) => end(`the gateway answered ${statusCode} to the stream`))
  request.on('upgrade', (response, upgraded, head) => {
    socket = upgraded
    socket.on('error', (error: Error) => end(error.message))
    socket.on('close', () => end('the connection closed'))
    if (isOver) return void socket.destroy()
    if (response.headers['sec-websocket-accept'] !== acceptOf(key)) return end('this is no WebSocket')
    clearTimeout(timer)
    listen(socket, head, events, end)
  })
  request.end()
  return { destroy: end }
}

function listen(socket: Duplex, head: Buffer, events: WebSocketEvents, end: (why: string) => void): void {
  const read = frameReader(LARGEST_MESSAGE)
  const take = (bytes: Buffer) => {
    let frames: Frame[]
    try {
      frames = read(bytes)
    } catch (error) {
      return end(error instanceof Error ? error.message : String(error))
    }
    for (const frame of frames) {
      if (frame.kind === 'text') events.text(frame.text)
      if (frame.kind === 'ping') socket.write(masked(PONG, frame.payload))
      if (frame.kind === 'close') end(`the gateway closed the stream (${frame.code})`)
    }
  }
  if (head.length > 0) take(head)
  socket.on('data', take)
}

/** A control frame of at most 125 bytes; whatever a client sends is masked. */
function masked(first: number, payload: Buffer): Buffer {
  const mask = randomBytes(4)
  const body = payload.subarray(0, 125)
  const hidden = body.map((byte, index) => byte ^ mask[index % 4]!)
  return Buffer.concat([Buffer.from([first, 0x80 | body.length]), mask, hidden])
}

function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + MAGIC)
    .digest('base64')
}
