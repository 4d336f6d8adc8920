import { openSequence } from './sequence.ts'
import { connectWebSocket } from './web-socket.ts'
import { WireMessage, type WireFill, type WireOrder } from './wire.ts'

export type WireExecution = Readonly<{ order: WireOrder; fill?: WireFill | undefined }>

export type ExecutionStreamContext = Readonly<{
  /** Of the gateway, without a slash at the end. */
  url: string
  headers: Readonly<Record<string, string>>
  connectMs: number
  /** 0 ≤ draw < 1, spreads the reconnects of many bots. */
  random: () => number
  /** Each once, in the gateway's order as far as it can be had. */
  onExecution: (execution: WireExecution) => void
  /** Something was missed, or may have been: only asking tells. */
  onGap: (why: string) => void
  onState: (state: Readonly<{ up: boolean; why: string }>) => void
}>

export type ExecutionStream = Readonly<{
  /** Resolves when the stream is up for the first time, or at the signal. */
  ready(signal: AbortSignal): Promise<void>
  close(): void
}>

/** Milliseconds. `skipped`: how long a skipped number is waited for. `silent`: three heartbeats. */
const WAIT = { skipped: 250, silent: 15_000, firstRetry: 100, longestRetry: 10_000, down: 1_000 } as const

/** The stream of execution reports: comes back by itself, resumes where it was, and says when something was missed. */
export function openExecutionStream(ctx: ExecutionStreamContext): ExecutionStream {
  const sequence = openSequence<WireExecution>()
  const firstUp = Promise.withResolvers<void>()
  let epoch: string | undefined
  let socket: { destroy(why: string): void } | undefined
  let isUp = false
  let failures = 0
  let retry: NodeJS.Timeout | undefined
  let silence: NodeJS.Timeout | undefined
  let skipped: NodeJS.Timeout | undefined
  /** The last number we had when we last asked for what comes after it. */
  let resumedAfter: number | undefined
  let isClosed = false

  function connect(): void {
    const last = sequence.last()
    const after = last === undefined ? '' : `?after=${last}`
    const mine = connectWebSocket(
      { url: `${ctx.url}/v1/stream${after}`, headers: ctx.headers, connectMs: ctx.connectMs },
      // One that was replaced has nothing more to say.
      { text: (text) => mine === socket && hear(text), ended: (why) => mine === socket && ended(why) },
    )
    socket = mine
    listenForSilence()
  }

  function listenForSilence(): void {
    clearTimeout(silence)
    silence = setTimeout(() => socket?.destroy('the stream fell silent'), WAIT.silent)
  }

  function ended(why: string): void {
    clearTimeout(silence)
    if (isClosed) return
    if (isUp) ctx.onState({ up: false, why })
    isUp = false
    // What came early must not wait for a connection that may not come.
    if (sequence.waits()) giveUpSkipped(`reports of the stream are missing, and it is down: ${why}`)
    const wait = Math.min(WAIT.firstRetry * 2 ** failures++, WAIT.longestRetry)
    // What happens meanwhile is told when the stream is back; but who knows when that is.
    if (wait >= WAIT.down) ctx.onGap(`the stream of executions is down: ${why}`)
    retry = setTimeout(connect, wait * (0.75 + ctx.random() / 2))
  }

  function hear(text: string): void {
    listenForSilence()
    const message = messageOf(text)
    if (message === 'unknown') return
    if (message === 'unreadable') return ctx.onGap('the stream told something that could not be read')
    switch (message.type) {
      case 'hello':
        return greet(message.epoch, message.lastSeq)
      case 'execution':
        for (const execution of sequence.take(message.seq, message)) ctx.onExecution(execution)
        return watchSkipped()
      case 'heartbeat':
        sequence.heardOf(message.lastSeq)
        return watchSkipped()
      case 'gap':
        sequence.heardOf(message.to)
        return giveUpSkipped(`the gateway does not keep reports ${message.from} to ${message.to} any more`)
    }
  }

  function greet(theirs: string, lastSeq: number): void {
    const last = sequence.last()
    if (last === undefined || theirs !== epoch || lastSeq < last) {
      sequence.restart(lastSeq)
      if (last !== undefined) ctx.onGap('the gateway began a new numbering of its reports')
    } else sequence.heardOf(lastSeq)
    epoch = theirs
    failures = 0
    if (!isUp) ctx.onState({ up: true, why: '' })
    isUp = true
    firstUp.resolve()
    watchSkipped()
  }

  function watchSkipped(): void {
    if (!sequence.waits()) {
      clearTimeout(skipped)
      skipped = undefined
    } else skipped ??= setTimeout(resume, WAIT.skipped)
  }

  /** Asks once for what was skipped: a fill that is told before the one it closes would make a position of its own. */
  function resume(): void {
    skipped = undefined
    const last = sequence.last()
    if (last === resumedAfter) return giveUpSkipped('reports of the stream are missing')
    resumedAfter = last
    const old = socket
    connect()
    old?.destroy('to resume')
  }

  function giveUpSkipped(why: string): void {
    clearTimeout(skipped)
    skipped = undefined
    const came = sequence.giveUp()
    ctx.onGap(why)
    for (const execution of came) ctx.onExecution(execution)
  }

  connect()
  return {
    async ready(signal) {
      const timeUp = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      if (!signal.aborted) await Promise.race([firstUp.promise, timeUp])
    },
    close() {
      isClosed = true
      for (const timer of [retry, silence, skipped]) clearTimeout(timer)
      socket?.destroy('closed')
    },
  }
}

/** A type of message that a later protocol may bring is no trouble. */
function messageOf(text: string): WireMessage | 'unknown' | 'unreadable' {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return 'unreadable'
  }
  const known = WireMessage.safeParse(json)
  if (known.success) return known.data
  const type: unknown = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined
  const isOurs = type === 'hello' || type === 'execution' || type === 'heartbeat' || type === 'gap'
  return typeof type === 'string' && !isOurs ? 'unknown' : 'unreadable'
}
