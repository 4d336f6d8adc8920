import { PricingAnswer, type PricingQuestion } from '../../contracts/pricing-protocol.ts'
import type { CancelSignal } from '../../domain/cancel/cancel-signal.ts'
import { afterFailure, CLOSED, isOpen, restMs, type Circuit, type CircuitRules } from '../../domain/failure/circuit.ts'
import type {
  OptionPricing,
  PricingFailure,
  PricingFailureCode,
  PricingReply,
} from '../../domain/options/pricing-port.ts'
import { startPricingProcess, type PricingProcess, type PricingProgram } from './pricing-process.ts'
import { PRICES, PROBE, SHAPES, VOLATILITIES, type Topic } from './topics.ts'

/** Limits of one service; milliseconds. */
export type PricingRules = Readonly<{
  /** From sending a question to its answer. */
  deadlineMs: number
  /** From starting the process to its first answer; a question asked meanwhile waits no longer than that. */
  startMs: number
  /** Questions that may wait at once. */
  mostWaiting: number
  /** Bytes of questions that may wait to be taken by the process. */
  mostBacklog: number
  circuit: CircuitRules
}>

export const PRICING_RULES: PricingRules = {
  deadlineMs: 250,
  startMs: 3_000,
  mostWaiting: 1_024,
  mostBacklog: 8 * 1_048_576,
  circuit: { opensAfter: 3, backoffMs: [100, 500], openMs: 30_000 },
}

/** Where history is told as fast as it can be: nothing runs away meanwhile, and every run is to find the same. */
export const PRICING_RULES_IN_HISTORY: PricingRules = { ...PRICING_RULES, deadlineMs: 5_000, startMs: 20_000 }

export type PricingState =
  /** Nobody has asked yet: no process. */
  | Readonly<{ kind: 'idle' }>
  | Readonly<{ kind: 'starting'; pid: number | undefined }>
  | Readonly<{ kind: 'up'; pid: number }>
  /** Option decisions are HOLD. */
  | Readonly<{ kind: 'down'; reason: PricingFailure }>

export type PricingService = OptionPricing &
  Readonly<{
    state: () => PricingState
    /** Ends the process and every question. */
    close: () => void
  }>

export type PricingServiceSetup = Readonly<{
  program: PricingProgram
  /** Once when it goes down, once when it is back. */
  onDown: (reason: PricingFailure) => void
  onBack: (downMs: number) => void
  rules?: PricingRules
}>

type Waiting = {
  readonly id: number
  readonly line: string
  /** performance.now() after which it has failed. */
  deadline: number
  sent: boolean
  /** @returns false when that is no answer to it */
  readonly take: (answer: PricingAnswer) => boolean
  readonly fail: (reason: PricingFailure) => void
}

const PROBE_ID = 0
const BETWEEN = 'Option decisions are held until it is back; stops and everything else go on.'

/** Option mathematics in a process of its own, started at the first question, killed when it fails, started again after a rest. */
export function openPricingService(setup: PricingServiceSetup): PricingService {
  const rules = setup.rules ?? PRICING_RULES
  /** In the order of their deadlines. */
  const waiting = new Map<number, Waiting>()
  let lastId = PROBE_ID
  let running: { process: PricingProcess; ready: boolean; failsAt: number } | undefined
  let circuit: Circuit = CLOSED
  let down: (Failing & { since: number }) | undefined
  let closed = false
  let deadlineTimer: NodeJS.Timeout | undefined
  let restartTimer: NodeJS.Timeout | undefined

  const start = () => {
    clearTimeout(restartTimer)
    restartTimer = undefined
    const process = startPricingProcess(setup.program, {
      line: (line) => hear(line),
      tooLong: () => failAll('pricing-garbage', 'answered more than any answer is long'),
      ended: (why) => failAll('pricing-crashed', why),
    })
    running = { process, ready: false, failsAt: performance.now() + rules.startMs }
    process.write(JSON.stringify(PROBE.question(PROBE_ID)))
    watch()
  }

  const hear = (line: string) => {
    const answer = parse(line)
    if (!answer) return failAll('pricing-garbage', 'said something that is no answer')
    if (answer.id === PROBE_ID && running && !running.ready) {
      if (!PROBE.isRight(answer)) return failAll('pricing-garbage', 'does not know what is certain')
      return becomeReady(running)
    }
    const asked = waiting.get(answer.id)
    if (!asked?.sent) return failAll('pricing-garbage', 'answered a question nobody asked')
    if (!asked.take(answer)) return failAll('pricing-garbage', 'gave an answer that cannot be right')
    waiting.delete(answer.id)
    circuit = CLOSED
    watch()
  }

  const becomeReady = (started: NonNullable<typeof running>) => {
    started.ready = true
    if (down) setup.onBack(performance.now() - down.since)
    down = undefined
    for (const asked of waiting.values()) send(started.process, asked)
    watch()
  }

  const send = (process: PricingProcess, asked: Waiting) => {
    asked.sent = true
    asked.deadline = performance.now() + rules.deadlineMs
    process.write(asked.line)
  }

  /** One timer, for whatever fails first. */
  const watch = () => {
    clearTimeout(deadlineTimer)
    deadlineTimer = undefined
    const first = firstDeadline()
    if (first === Number.POSITIVE_INFINITY) return
    // An answer may lie in the pipe already when this process was held up itself: it is read before anything is judged.
    deadlineTimer = setTimeout(() => setImmediate(expire), Math.max(0, first - performance.now()) + 1)
    // A start that nobody waits for keeps nobody alive.
    if (waiting.size === 0) deadlineTimer.unref()
  }

  const firstDeadline = () => {
    const starting = running && !running.ready ? running.failsAt : Number.POSITIVE_INFINITY
    for (const { deadline } of waiting.values()) return Math.min(starting, deadline)
    return starting
  }

  const expire = () => {
    const now = performance.now()
    if (firstDeadline() > now) return watch()
    const isStarting = running && !running.ready
    if (isStarting && running!.failsAt <= now)
      return failAll('pricing-timeout', `did not start within ${rules.startMs} ms`)
    const silent = { code: 'pricing-timeout', what: `did not answer within ${rules.deadlineMs} ms` } as const
    const late = isStarting ? unavailable() : reasonOf(silent)
    for (const asked of [...waiting.values()]) {
      if (asked.deadline > now) break
      waiting.delete(asked.id)
      asked.fail(late)
    }
    // They would not wait for it to come back; it still may.
    if (isStarting) return watch()
    // Whoever asked after them loses the process they shared.
    failAll('pricing-crashed', 'was ended because it left an earlier question unanswered', silent)
  }

  /** The process is done for, and with it every question it has. */
  const failAll = (code: PricingFailureCode, what: string, cause: Failing = { code, what }) => {
    running?.process.kill()
    running = undefined
    circuit = afterFailure(circuit, performance.now(), rules.circuit)
    const failed = [...waiting.values()]
    waiting.clear()
    watch()
    for (const asked of failed) asked.fail(reasonOf({ code, what }))
    const isNews = !down
    down = { ...cause, since: down?.since ?? performance.now() }
    if (isNews) setup.onDown(reasonOf(cause))
    if (closed) return
    // Ready again before the next decision needs it.
    restartTimer = setTimeout(start, restMs(circuit, performance.now()) + 1)
    restartTimer.unref()
  }

  const ask = <Asked, Value>(
    topic: Topic<Asked, Value>,
    asked: Asked,
    signal: CancelSignal | undefined,
  ): Promise<PricingReply<Value>> => {
    if (closed || signal?.aborted) return Promise.resolve({ ok: false, reason: CANCELED })
    const id = ++lastId
    const question = topic.question(asked, id)
    if (question === undefined) return Promise.resolve({ ok: true, value: topic.answerAlone(asked) })
    const refused = refusedNow()
    if (refused) return Promise.resolve({ ok: false, reason: refused })
    return new Promise((resolve) => {
      let settled = false
      const settle = (reply: PricingReply<Value>) => {
        if (settled) return
        settled = true
        signal?.removeEventListener('abort', cancel)
        resolve(reply)
      }
      // It stays among those waiting: the answer is still due, and late it is still a sign.
      const cancel = () => settle({ ok: false, reason: CANCELED })
      signal?.addEventListener('abort', cancel, { once: true })
      const entry: Waiting = {
        id,
        line: JSON.stringify(question satisfies PricingQuestion),
        // The first question of all waits for the start; later ones wait for one that comes back no longer than for an answer.
        deadline: down ? performance.now() + rules.deadlineMs : Number.POSITIVE_INFINITY,
        sent: false,
        take: (answer) => {
          const value = topic.valueOf(asked, answer)
          if (value !== undefined) settle({ ok: true, value })
          return value !== undefined
        },
        fail: (reason) => settle({ ok: false, reason }),
      }
      waiting.set(id, entry)
      if (!running) start()
      else if (running.ready) send(running.process, entry)
      watch()
    })
  }

  const refusedNow = (): PricingFailure | undefined => {
    if (waiting.size >= rules.mostWaiting || (running?.process.backlog() ?? 0) > rules.mostBacklog)
      return {
        code: 'pricing-busy',
        text: 'More option questions wait already than the pricing service takes at once.',
      }
    return running || !down ? undefined : unavailable()
  }

  const unavailable = (): PricingFailure => {
    const times = isOpen(circuit, rules.circuit) ? `, having failed ${circuit.failures} times in a row` : ''
    return reasonOf({ code: 'pricing-unavailable', what: `is not back yet since it ${down?.what ?? 'failed'}${times}` })
  }

  return {
    price: (questions, signal) => ask(PRICES, questions, signal),
    impliedVolatility: (questions, signal) => ask(VOLATILITIES, questions, signal),
    checkShape: (question, signal) => ask(SHAPES, question, signal),
    state: () => {
      if (down) return { kind: 'down', reason: reasonOf(down) }
      if (!running) return { kind: 'idle' }
      const { pid } = running.process
      return running.ready && pid !== undefined ? { kind: 'up', pid } : { kind: 'starting', pid }
    },
    close: () => {
      closed = true
      clearTimeout(restartTimer)
      running?.process.kill()
      running = undefined
      const left = [...waiting.values()]
      waiting.clear()
      watch()
      for (const asked of left) asked.fail(CANCELED)
    },
  }
}

const CANCELED: PricingFailure = {
  code: 'pricing-canceled',
  text: 'Nobody waits for the price of the option any more.',
}

/** What it did wrong, half a sentence. */
type Failing = Readonly<{ code: PricingFailureCode; what: string }>

function reasonOf({ code, what }: Failing): PricingFailure {
  return { code, text: `The pricing service ${what}. ${BETWEEN}` }
}

function parse(line: string): PricingAnswer | undefined {
  try {
    return PricingAnswer.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
