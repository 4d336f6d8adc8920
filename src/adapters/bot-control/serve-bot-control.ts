import { createServer, type Socket } from 'node:net'
import type { BotMessage, BotStatus } from '../../contracts/bot-protocol.ts'
import type { CashReply } from '../../contracts/cash-request.ts'
import { readBotRequest, type BotRequest } from '../../contracts/bot-request.ts'
import { Refused, refusal, type Refusal } from '../../domain/failure/refusal.ts'
import type { TradeOutcome } from '../../domain/order/trade-command.ts'
import { listenLocally } from '../local-socket/listen-locally.ts'
import { readLines } from './read-lines.ts'

/** Requests that change what the bot does; the rest is answered from its status. */
export type BotCommand = Extract<BotRequest, { type: 'stop' | 'flatten' | 'portfolio' | 'licence' }>

export type BotTrade = Extract<BotRequest, { type: 'trade' }>
export type BotCash = Extract<BotRequest, { type: 'cash' }>

export type BotControlOptions = Readonly<{
  endpoint: string
  instanceId: string
  /**
   * Carries out a command. Resolves once it is accepted (a stop) or done (a flatten); a returned or thrown refusal
   * is sent to whoever asked.
   */
  onRequest: (command: BotCommand) => Promise<Refusal | void>
  /** Carries out a trade and tells what became of it; the outcome goes to whoever asked. */
  onTrade?: (request: BotTrade) => Promise<TradeOutcome>
  /** Books money that moved without a fill; the reply goes to whoever asked. */
  onCash?: (request: BotCash) => Promise<CashReply>
  status: () => BotStatus
}>

export type BotControl = Readonly<{
  /** Tells watchers; at most every 100 ms unless the state changed, so it may be called at every bar. */
  pushStatus(status: BotStatus): void
  /** Sends the last status and the farewell to everyone connected, then closes. */
  end(reason: string, message: string | null): Promise<void>
  close(): Promise<void>
}>

/** Between two pushes; the first after a quiet while goes out at once. */
const PUSH_INTERVAL_MS = 100
const FAREWELL_MS = 500
const MOST_CLIENTS = 64

/**
 * The bot's side of its control socket.
 *
 * A watcher that reads slowly gets the latest status when it is ready, never a queue; a client that doesn't read its
 * replies is not read from. The caller must hold the account's guard (see `listenLocally`).
 */
export async function serveBotControl(options: BotControlOptions): Promise<BotControl> {
  const clients = new Map<Socket, { watching: boolean; behind: boolean }>()
  let latest: BotStatus | undefined
  let pushedState: string | undefined
  let pushTimer: NodeJS.Timeout | undefined
  let pushedAt = -PUSH_INTERVAL_MS

  const server = createServer((socket) => {
    const client = { watching: false, behind: false }
    clients.set(socket, client)
    // A client that vanishes mid-write is not our failure; 'close' follows and forgets it.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => clients.delete(socket))
    socket.on('drain', () => {
      socket.resume()
      if (!client.behind) return
      client.behind = false
      send(socket, { type: 'status', status: latest ?? options.status() })
    })
    readLines(
      socket,
      (line) => {
        const request = parseRequest(line)
        if (request === undefined) return send(socket, { type: 'refused', id: idOf(line), refusal: NOT_UNDERSTOOD })
        if (request.type === 'watch') client.watching = true
        void answer(request).then((message) => send(socket, message))
      },
      () => {
        send(socket, { type: 'refused', id: 0, refusal: TOO_LONG })
        socket.end()
      },
    )
  })
  server.maxConnections = MOST_CLIENTS
  await listenLocally(server, options.endpoint)
  server.on('error', () => undefined)

  async function answer(request: BotRequest): Promise<BotMessage> {
    const { id } = request
    try {
      if (request.type === 'trade' || request.type === 'cash') {
        const outcome = await (request.type === 'trade' ? options.onTrade?.(request) : options.onCash?.(request))
        if (!outcome) return { type: 'refused', id, refusal: NOT_UNDERSTOOD }
        return { type: 'reply', id, ok: true, instanceId: options.instanceId, status: options.status(), outcome }
      }
      const refused = isCommand(request) ? await options.onRequest(request) : undefined
      if (refused) return { type: 'refused', id, refusal: refused }
      return { type: 'reply', id, ok: true, instanceId: options.instanceId, status: options.status() }
    } catch (error) {
      return { type: 'refused', id, refusal: error instanceof Refused ? error.refusal : internal(error) }
    }
  }

  function send(socket: Socket, message: BotMessage): void {
    if (socket.writable && !socket.write(JSON.stringify(message) + '\n')) socket.pause()
  }

  function pushNow(): void {
    pushTimer = undefined
    if (latest === undefined) return
    pushedAt = performance.now()
    pushedState = latest.state
    for (const [socket, client] of clients) {
      if (!client.watching) continue
      if (socket.writableNeedDrain) client.behind = true
      else send(socket, { type: 'status', status: latest })
    }
  }

  function pushStatus(status: BotStatus): void {
    latest = status
    if (status.state !== pushedState) {
      clearTimeout(pushTimer)
      pushNow()
    } else pushTimer ??= setTimeout(pushNow, Math.max(0, pushedAt + PUSH_INTERVAL_MS - performance.now())).unref()
  }

  async function close(): Promise<void> {
    clearTimeout(pushTimer)
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of clients.keys()) socket.destroy()
    await closed
  }

  async function end(reason: string, message: string | null): Promise<void> {
    clearTimeout(pushTimer)
    pushTimer = undefined
    latest = options.status()
    pushNow()
    await Promise.all([...clients.keys()].map((socket) => farewell(socket, { type: 'ended', reason, message })))
    await close()
  }

  return { pushStatus, end, close }
}

/** Writes the last message and waits until the kernel has it, or until a client that doesn't read has had its time. */
function farewell(socket: Socket, message: BotMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FAREWELL_MS)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    if (socket.writable) socket.end(JSON.stringify(message) + '\n', done)
    else done()
  })
}

function parseRequest(line: string): BotRequest | undefined {
  try {
    return readBotRequest(JSON.parse(line))
  } catch {
    return undefined
  }
}

const COMMANDS: ReadonlySet<string> = new Set<BotCommand['type']>(['stop', 'flatten', 'portfolio', 'licence'])

function isCommand(request: BotRequest): request is BotCommand {
  return COMMANDS.has(request.type)
}

/** The id of a request that is otherwise wrong, so that the refusal finds its asker; 0 when there is none. */
function idOf(line: string): number {
  try {
    const id: unknown = (JSON.parse(line) as { id?: unknown } | null)?.id
    return typeof id === 'number' && Number.isSafeInteger(id) ? id : 0
  } catch {
    return 0
  }
}

const NOT_UNDERSTOOD = refusal(
  'bad-usage',
  'The bot did not understand this request.',
  'Use the same version of Slipway on both sides.',
)
const TOO_LONG = refusal('bad-usage', 'The request is longer than 64 KiB.', 'Send one short JSON value a line.')

function internal(error: unknown): Refusal {
  const text = error instanceof Error ? error.message : String(error)
  return refusal('internal', `The bot could not do this: ${text}.`, 'Look at the log of the account.')
}
