import { once } from 'node:events'
import { createClient } from 'redis'

/** Redis did not do what was asked: dead, away, too slow, or it said no. */
export class RedisFailed extends Error {
  /** Whether it may have done it all the same. */
  readonly outcomeUnknown: boolean
  constructor(message: string, outcomeUnknown: boolean) {
    super(message)
    this.name = 'RedisFailed'
    this.outcomeUnknown = outcomeUnknown
  }
}

/** Redis as the cloud uses it: quick answers or none. Nothing that counts is kept in it. */
export interface CloudRedis {
  /** @throws {RedisFailed} no answer within `budgetMs`, or a refusal */
  ask(command: readonly string[], budgetMs: number): Promise<unknown>
  /** Runs a script by its SHA, and sends its text only where Redis does not know it (any more). @throws {RedisFailed} */
  run(script: RedisScript, keys: readonly string[], args: readonly string[], budgetMs: number): Promise<unknown>
  /** Is heard once by everybody who listens, while Redis lives. Never throws. */
  say(channel: string, message: string): void
  /** Hears what is said from now on, also after Redis was away. `back` is called whenever something may have been missed. */
  hear(channel: string, onMessage: (message: string) => void, back: () => void): Promise<void>
  /** How often it was connected: a new number may be a Redis that has forgotten everything. */
  connects(): number
  isUp(): boolean
  /** Waits until it is connected, or not connected after so many milliseconds. */
  settled(ms: number): Promise<void>
  close(): Promise<void>
}

export type RedisScript = Readonly<{ text: string; sha: string }>

export type RedisOptions = Readonly<{
  /** redis:// or rediss://, with user and password where it has them. */
  url: string
  /** Told once whenever it goes away or comes back. The text holds no address and no password. */
  onChange?: (change: Readonly<{ up: boolean; problem: string | undefined }>) => void
  connectMs?: number
}>

/** Commands that may wait for an answer; more would only pile up in memory while it hangs. */
const MOST_WAITING = 10_000
const LONGEST_PAUSE_MS = 1_000

/** Connects in the background and for ever: a server starts, and serves, without its Redis. */
export function openCloudRedis({ url, onChange, connectMs = 2_000 }: RedisOptions): CloudRedis {
  let connects = 0
  let up: boolean | undefined
  let closed = false
  const client = createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_WAITING,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: connectMs,
      reconnectStrategy: (retries) => Math.min(LONGEST_PAUSE_MS, 20 * 2 ** retries),
    },
  })
  const ears: { destroy(): void }[] = []
  const change = (next: boolean, problem?: unknown): void => {
    if (up === next || closed) return
    up = next
    onChange?.({ up, problem: problem === undefined ? undefined : problemOf(problem) })
  }
  client.on('ready', () => {
    connects++
    change(true)
  })
  client.on('error', (error: unknown) => change(false, error))
  client.on('end', () => change(false))
  const connecting = client.connect().catch((error: unknown) => change(false, error))

  const ask: CloudRedis['ask'] = async (command, budgetMs) => {
    if (!client.isReady) throw new RedisFailed('Redis is not connected', false)
    return await within(client.sendCommand([...command]), budgetMs)
  }
  return {
    ask,
    async run({ sha, text }, keys, args, budgetMs) {
      const rest = [String(keys.length), ...keys, ...args]
      try {
        return await ask(['EVALSHA', sha, ...rest], budgetMs)
      } catch (error) {
        if (!(error instanceof RedisFailed && error.message.startsWith('NOSCRIPT'))) throw error
        return await ask(['EVAL', text, ...rest], budgetMs)
      }
    },
    say(channel, message) {
      if (client.isReady) client.publish(channel, message).catch(() => undefined)
    },
    async hear(channel, onMessage, back) {
      const ear = client.duplicate({ disableOfflineQueue: false })
      ears.push(ear)
      ear.on('error', () => undefined)
      ear.on('ready', back)
      // Subscribing waits for the connection, however long: the caller does not.
      void ear
        .connect()
        .then(() => ear.subscribe(channel, onMessage))
        .then(back)
        .catch(() => undefined)
    },
    connects: () => connects,
    isUp: () => client.isReady,
    async settled(ms) {
      if (!client.isReady) await once(client, 'ready', { signal: AbortSignal.timeout(ms) }).catch(() => undefined)
    },
    async close() {
      closed = true
      for (const ear of ears) ear.destroy()
      client.destroy()
      await connecting
    },
  }
}

/**
 * A timer that is due may run before an answer which has long been waiting in the socket, when this process was busy. So one
 * more round of reading is given to it before it counts as missing.
 */
async function within<T>(answer: Promise<T>, budgetMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => setImmediate(() => reject(new RedisFailed(`No answer within ${budgetMs} ms`, true))),
      budgetMs,
    )
  })
  try {
    return await Promise.race([answer, late])
  } catch (error) {
    if (error instanceof RedisFailed) throw error
    throw new RedisFailed(problemOf(error), error instanceof Error && error.name.startsWith('SocketClosed'))
  } finally {
    clearTimeout(timer)
  }
}

/** What is wrong, without where Redis is or what it was asked. */
function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.name === 'Error' || error.name.endsWith('ErrorReply')
    ? error.message.split('\n')[0]!.slice(0, 120)
    : error.name
}
