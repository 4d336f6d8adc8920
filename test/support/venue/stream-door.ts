import type { Duplex } from 'node:stream'
import type { Chance } from './chance.ts'
import type { VenueReport } from './exchange.ts'
import type { TimeLine } from './time-line.ts'
import type { VenueSettings } from './venue-settings.ts'
import { CLOSE, framesIn, handshake, pingFrame, PONG, textFrame } from './ws-frames.ts'

type Listener = { readonly socket: Duplex; held: string | undefined; pinged: Map<string, () => void> }

/** The WebSocket side: tells every listener what happens, as badly as the settings say. */
export class StreamDoor {
  /** Names the numbering; another one makes every old number void. */
  epoch = 'epoch-1'
  /** Reports up to this number are not kept. */
  forgotten = 0
  private readonly listeners = new Set<Listener>()
  private readonly heartbeat: NodeJS.Timeout
  private readonly ctx: Readonly<{
    chance: Chance
    timeLine: TimeLine
    settings: () => VenueSettings
    reports: () => readonly VenueReport[]
    later: (ms: number, work: () => void) => void
  }>

  constructor(ctx: StreamDoor['ctx']) {
    this.ctx = ctx
    this.heartbeat = setInterval(() => this.beat(), ctx.settings().stream.heartbeatMs)
  }

  accept(socket: Duplex, key: string, after: number | undefined): void {
    socket.write(handshake(key))
    const listener: Listener = { socket, held: undefined, pinged: new Map() }
    this.listeners.add(listener)
    socket.on('error', () => undefined)
    socket.on('close', () => void this.listeners.delete(listener))
    socket.on('data', (bytes: Buffer) => {
      for (const { opcode, text } of framesIn(bytes)) {
        if (opcode === PONG) listener.pinged.get(text)?.()
        if (opcode === CLOSE) socket.end()
      }
    })
    const reports = this.ctx.reports()
    this.ctx.timeLine.note('stream-up', { after: after ?? null })
    this.send(listener, { type: 'hello', epoch: this.epoch, lastSeq: reports.length })
    if (after === undefined) return
    if (after < this.forgotten) this.send(listener, { type: 'gap', from: after + 1, to: this.forgotten })
    for (const report of reports.slice(Math.max(after, this.forgotten))) this.send(listener, messageOf(report))
  }

  tell(report: VenueReport): void {
    const { stream } = this.ctx.settings()
    const { chance } = this.ctx
    for (const listener of this.listeners) {
      if (chance.happens(stream.drop)) continue
      const text = JSON.stringify(messageOf(report))
      if (chance.happens(stream.late)) this.ctx.later(stream.lateMs, () => this.sendText(listener, text))
      else if (listener.held === undefined && chance.happens(stream.swap)) listener.held = text
      else {
        this.sendText(listener, text)
        this.releaseHeld(listener)
      }
      if (chance.happens(stream.duplicate)) this.sendText(listener, text)
    }
  }

  /** Anything at all, as it is: for messages no venue should send. */
  tellRaw(text: string): void {
    for (const listener of this.listeners) this.sendText(listener, text)
  }

  disconnect(): void {
    for (const { socket } of this.listeners) socket.destroy()
    this.listeners.clear()
  }

  /** Resolves when everybody who listens has read what was sent so far. */
  async settled(): Promise<void> {
    await Promise.all(
      [...this.listeners].map(async (listener) => {
        this.releaseHeld(listener)
        const name = String(Math.random())
        const ponged = new Promise<void>((resolve) => {
          listener.pinged.set(name, resolve)
          listener.socket.once('close', resolve)
        })
        listener.socket.write(pingFrame(name))
        await ponged
        listener.pinged.delete(name)
      }),
    )
  }

  get listening(): number {
    return this.listeners.size
  }

  close(): void {
    clearInterval(this.heartbeat)
    this.disconnect()
  }

  private beat(): void {
    for (const listener of this.listeners) {
      this.releaseHeld(listener)
      this.send(listener, { type: 'heartbeat', lastSeq: this.ctx.reports().length })
    }
  }

  private releaseHeld(listener: Listener): void {
    const { held } = listener
    listener.held = undefined
    if (held !== undefined) this.sendText(listener, held)
  }

  private send(listener: Listener, message: unknown): void {
    this.sendText(listener, JSON.stringify(message))
  }

  private sendText(listener: Listener, text: string): void {
    if (listener.socket.writable) listener.socket.write(textFrame(text))
  }
}

function messageOf({ seq, order, fill }: VenueReport) {
  return { type: 'execution', seq, order, ...(fill === undefined ? {} : { fill }) }
}
