import { connect, type Socket } from 'node:net'
import { BotMessage, type BotRequest, type BotStatus } from '../../contracts/bot-protocol.ts'
import { CashReply, type CashRequest } from '../../contracts/cash-request.ts'
import { TradeReply, type TradeRequest } from '../../contracts/trade-request.ts'
import { Refused, refusal, type Refusal, type RefusalCode } from '../../domain/failure/refusal.ts'
import { readLines } from './read-lines.ts'

/** How a connection ended: with the bot's farewell, or without one (`undefined` reason): it crashed or we closed. */
export type BotFarewell = Readonly<{ reason: string | undefined; message: string | null }>

/** A request without its id, which the connection numbers. */
export type BotAsk = BotRequest extends infer R ? (R extends BotRequest ? Omit<R, 'id'> : never) : never

export type BotConnection = Readonly<{
  /** Who answered the challenge. */
  instanceId: string
  /** Its status at the time of the challenge. */
  first: BotStatus
  /**
   * @returns the bot's status after the request
   * @throws {Refused} what the bot refused; `timed-out` without an answer; `not-running` when it went away
   */
  request(ask: BotAsk, timeoutMs: number): Promise<BotStatus>
  /**
   * Asks the bot's trading service for something.
   *
   * @param ask.signalId the asker's name for it: the same one again is answered again, and not carried out again
   * @throws {Refused} as `request`; after `timed-out` or `not-running` ask again under the same name to learn what became
   *   of it
   */
  trade(ask: Readonly<{ signalId: string; command: TradeRequest }>, timeoutMs: number): Promise<TradeReply>
  /**
   * Asks the bot to book money that moved without a fill.
   *
   * @param ask.requestId the asker's name for it: the same one again is answered again, and not booked again
   * @throws {Refused} as `trade`
   */
  cash(ask: Readonly<{ requestId: string; movement: CashRequest }>, timeoutMs: number): Promise<CashReply>
  /** Calls back at every status the bot pushes, the present one first. */
  watch(onStatus: (status: BotStatus) => void, timeoutMs: number): Promise<void>
  /** Resolves when the connection has ended, for whatever reason. */
  ended: Promise<BotFarewell>
  close(): void
}>

type Answer = Readonly<{ status: BotStatus; outcome?: unknown }>
type Waiting = { resolve(answer: Answer): void; reject(refused: Refused): void; timer: NodeJS.Timeout }

/**
 * Connects to a bot's control socket and asks who it is.
 *
 * @param timeoutMs for connecting and the answer together
 * @returns undefined when nobody listens there or nobody answers in time
 */
export async function connectToBot(options: {
  endpoint: string
  timeoutMs: number
}): Promise<BotConnection | undefined> {
  const deadline = performance.now() + options.timeoutMs
  const socket = await open(options.endpoint, options.timeoutMs)
  if (!socket) return undefined
  const talk = converse(socket)
  try {
    const { instanceId, status } = await talk.hello(Math.max(1, deadline - performance.now()))
    return { ...talk.connection, instanceId, first: status }
  } catch {
    socket.destroy()
    return undefined
  }
}

/** Asks a bot for its instanceId and hangs up; undefined when nobody answers in time. */
export async function challengeBot(endpoint: string, timeoutMs: number): Promise<string | undefined> {
  const connection = await connectToBot({ endpoint, timeoutMs })
  connection?.close()
  return connection?.instanceId
}

function open(endpoint: string, timeoutMs: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(endpoint)
    const timer = setTimeout(() => give(undefined), timeoutMs)
    const give = (result: Socket | undefined) => {
      clearTimeout(timer)
      if (!result) socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => give(socket))
    socket.on('error', () => give(undefined))
  })
}

function converse(socket: Socket) {
  const waiting = new Map<number, Waiting>()
  let onStatus: ((status: BotStatus) => void) | undefined
  let lastId = 0
  let instanceId = ''
  let farewell: BotFarewell = { reason: undefined, message: null }
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<BotFarewell>()

  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    for (const [id, one] of waiting) settle(id, (it) => it.reject(new Refused(GONE)), one)
    resolveEnded(farewell)
  })
  readLines(
    socket,
    (line) => receive(parseMessage(line)),
    () => socket.destroy(),
  )

  function receive(message: BotMessage | undefined): void {
    switch (message?.type) {
      case 'status':
        return onStatus?.(message.status)
      case 'ended':
        farewell = { reason: message.reason, message: message.message }
        return
      case 'reply':
        instanceId = message.instanceId
        return settle(message.id, (one) => one.resolve(message))
      case 'refused':
        return settle(message.id, (one) => one.reject(new Refused(asRefusal(message.refusal))))
      case undefined:
        // Not our protocol: whoever listens there is no bot we can talk to.
        socket.destroy()
    }
  }

  function settle(id: number, act: (one: Waiting) => void, one = waiting.get(id)): void {
    if (!one) return
    waiting.delete(id)
    clearTimeout(one.timer)
    act(one)
  }

  function put(ask: BotAsk, timeoutMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!socket.writable) return reject(new Refused(GONE))
      const id = ++lastId
      const timer = setTimeout(() => settle(id, (one) => one.reject(new Refused(SILENT))), timeoutMs)
      waiting.set(id, { resolve, reject, timer })
      socket.write(JSON.stringify({ ...ask, id }) + '\n')
    })
  }

  const request = async (ask: BotAsk, timeoutMs: number) => (await put(ask, timeoutMs)).status
  const trade = async (ask: { signalId: string; command: TradeRequest }, timeoutMs: number) => {
    const { outcome } = await put({ type: 'trade', ...ask }, timeoutMs)
    const reply = TradeReply.safeParse(outcome)
    if (!reply.success) throw new Refused(GARBLED)
    return reply.data
  }
  const cash = async (ask: { requestId: string; movement: CashRequest }, timeoutMs: number) => {
    const { outcome } = await put({ type: 'cash', ...ask }, timeoutMs)
    const reply = CashReply.safeParse(outcome)
    if (!reply.success) throw new Refused(GARBLED)
    return reply.data
  }
  const watch = async (listener: (status: BotStatus) => void, timeoutMs: number) => {
    onStatus = listener
    listener(await request({ type: 'watch' }, timeoutMs))
  }
  const hello = async (timeoutMs: number) => {
    const status = await request({ type: 'hello' }, timeoutMs)
    return { instanceId, status }
  }
  return { hello, connection: { request, trade, cash, watch, ended, close: () => void socket.destroy() } }
}

function parseMessage(line: string): BotMessage | undefined {
  try {
    return BotMessage.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/** Codes from a bot of another version are kept as they are: they are for reading. */
function asRefusal(shape: { code: string; message: string; nextStep: string }): Refusal {
  return { ...shape, code: shape.code as RefusalCode }
}

const GONE = refusal('not-running', 'The bot ended before it answered.', 'Look at its state with: slipway status')
const GARBLED = refusal(
  'internal',
  'The answer of the bot could not be understood.',
  'Use the same version of Slipway on both sides, and look at: slipway orders',
)
const SILENT = refusal(
  'timed-out',
  'The bot did not answer in time.',
  'It may be busy or suspended; try again, or look at its log.',
)
