import { getHeapStatistics } from 'node:v8'
import {
  FLAG,
  NUMBER,
  passTurn,
  QUESTION,
  readText,
  TURN,
  WORD,
  writeText,
  type BarAnswer,
  type BarText,
  type Channel,
  type OpenQuestion,
  type PlugInFailure,
} from '../../adapters/strategy-host/channel.ts'
import type { Session } from '../../domain/calendar/session.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { PLUG_IN_LIMITS } from '../../domain/strategy/plug-in.ts'
import type { PositionView, Strategy, StrategyRun, StrategySetup } from '../../domain/strategy/strategy.ts'
import { thrownText, type Fail } from './fail.ts'
import { openMemoryMeter } from './memory-meter.ts'
import { answerJson, lostInJson } from './plain-json.ts'

/** How long the thread stays awake for the next question before it sleeps in its event loop, milliseconds. */
const AWAKE_MS = 2
/** Questions between two turns of the event loop, where rejected promises come to light. */
const QUESTIONS_PER_TURN = 64
const MEMORY_BYTES = PLUG_IN_LIMITS.memoryMb * 1024 * 1024

type Opened = { run: StrategyRun; session: Session | undefined }

/**
 * Answers the bot's questions, one after the other, until it asks no more or the plug-in fails. Its state lives in the
 * runs.
 */
export async function answerQuestions(channel: Channel, strategy: Strategy, fail: Fail): Promise<void> {
  const { words } = channel
  const runs: Opened[] = []
  const memoryHeld = openMemoryMeter()
  // What Node itself holds is not the plug-in's.
  const own = getHeapStatistics().external_memory
  for (let asked = 1; ; asked++) {
    while (Atomics.load(words, WORD.turn) === TURN.answered) await nextTurn(words)
    if (Atomics.load(words, WORD.turn) === TURN.ending) return
    if (words[WORD.failed] === 1) return
    try {
      const tooLong = answer(channel, strategy, runs, memoryHeld, fail)
      if (tooLong !== undefined) return fail({ code: 'too-large', text: tooLong })
    } catch (error) {
      return fail({ code: 'threw', text: `${thrownText(error)}${momentOf(channel)}` })
    }
    if (words[WORD.failed] === 1) return
    // Buffers are not counted by the limit of the heap.
    const held = getHeapStatistics().external_memory - own
    if (held > MEMORY_BYTES)
      return fail({
        code: 'memory',
        text: `holds ${Math.round(held / 2 ** 20)} MB in buffers; ${PLUG_IN_LIMITS.memoryMb} MB are the most`,
      })
    passTurn(channel, TURN.answered)
    if (asked % QUESTIONS_PER_TURN === 0) await new Promise(setImmediate)
  }
}

async function nextTurn(words: Int32Array): Promise<void> {
  const turn = Atomics.load(words, WORD.turn)
  if (turn !== TURN.answered || Atomics.wait(words, WORD.turn, turn, AWAKE_MS) !== 'timed-out') return
  const woken = Atomics.waitAsync(words, WORD.turn, turn)
  if (woken.async) await woken.value
}

/** @returns what is too long about the answer, undefined when it is in the channel */
function answer(
  channel: Channel,
  strategy: Strategy,
  runs: Opened[],
  memoryHeld: () => number,
  fail: Fail,
): string | undefined {
  const { words, numbers } = channel
  const opened = runs[words[WORD.run] ?? 0]
  switch (words[WORD.question]) {
    case QUESTION.open: {
      const { setup } = JSON.parse(readText(channel)) as OpenQuestion
      const run = strategy.open(setup as StrategySetup) as unknown
      const wrong = wrongRun(run)
      if (wrong !== undefined)
        fail({ code: wrong === PROMISED ? 'asynchronous' : 'shape', text: `opened no run: ${wrong}` })
      runs.push({ run: run as StrategyRun, session: undefined })
      words[WORD.length] = 0
      return undefined
    }
    case QUESTION.bar:
      return answerBar(channel, opened!, fail)
    case QUESTION.snapshot: {
      const state = opened!.run.snapshot()
      if (isPromise(state)) return failed(fail, { code: 'asynchronous', text: 'returned a promise from snapshot()' })
      const loss = lostInJson(state)
      if (loss !== undefined) return failed(fail, { code: 'answer-invalid', text: `can't be continued: ${loss}` })
      const text = JSON.stringify(state) ?? 'null'
      if (Buffer.byteLength(text) <= PLUG_IN_LIMITS.snapshotBytes && writeText(channel, text)) return undefined
      return `has a snapshot of ${Buffer.byteLength(text)} bytes; ${PLUG_IN_LIMITS.snapshotBytes} are the most`
    }
    case QUESTION.indicators: {
      const text = answerJson(opened!.run.indicators?.())
      if (text === undefined) words[WORD.length] = 0
      else if (text.length > PLUG_IN_LIMITS.proposalBytes || !writeText(channel, text)) return 'has too many indicators'
      return undefined
    }
    case QUESTION.measure: {
      numbers[0] = memoryHeld()
      return undefined
    }
    default:
      throw new Error(`there is no question ${words[WORD.question]}`)
  }
}

function answerBar(channel: Channel, opened: Opened, fail: Fail): string | undefined {
  const { words, numbers } = channel
  const flags = words[WORD.flags] ?? 0
  const more = (flags & FLAG.text) === 0 ? undefined : (JSON.parse(readText(channel)) as BarText)
  if ((flags & FLAG.session) === 0) opened.session = undefined
  else if (more?.session) opened.session = more.session
  // New objects: a plug-in may keep what it is shown.
  const bar = {
    time: numbers[NUMBER.time],
    open: numbers[NUMBER.open],
    high: numbers[NUMBER.high],
    low: numbers[NUMBER.low],
    close: numbers[NUMBER.close],
    volume: numbers[NUMBER.volume],
  } as Bar
  const openedAt = numbers[NUMBER.openedAt]!
  const position = {
    quantity: numbers[NUMBER.quantity],
    avgPx: numbers[NUMBER.avgPx],
    openedAt: Number.isNaN(openedAt) ? undefined : openedAt,
    entryPending: (flags & FLAG.entryPending) !== 0,
    tradesToday: numbers[NUMBER.tradesToday],
    held: more?.held ?? [],
  } as PositionView
  const { run } = opened
  const proposal = run.onBar(bar, opened.session, position)
  const warnings = run.takeWarnings?.()
  words[WORD.length] = 0
  if (proposal === undefined && (warnings === undefined || (warnings as unknown[]).length === 0)) return undefined
  if (isPromise(proposal)) return failed(fail, { code: 'asynchronous', text: 'returned a promise from onBar()' })
  const told: BarAnswer = { proposal, ...(warnings === undefined ? {} : { warnings }) }
  const text = answerJson(told) ?? ''
  if (Buffer.byteLength(text) <= PLUG_IN_LIMITS.proposalBytes && writeText(channel, text)) return undefined
  return `made a proposal of ${Buffer.byteLength(text)} bytes; ${PLUG_IN_LIMITS.proposalBytes} are the most`
}

/** Nothing is too long about an answer that is none. */
function failed(fail: Fail, why: PlugInFailure): undefined {
  fail(why)
}

const PROMISED = 'open() returned a promise'

function wrongRun(run: unknown): string | undefined {
  if (isPromise(run)) return PROMISED
  if (typeof run !== 'object' || run === null) return 'open() must return an object with onBar and snapshot'
  const given = run as Record<string, unknown>
  for (const name of ['onBar', 'snapshot'])
    if (typeof given[name] !== 'function') return `${name} must be a function of what open() returns`
  for (const name of ['takeWarnings', 'indicators'])
    if (given[name] !== undefined && typeof given[name] !== 'function') return `${name} must be a function, or left out`
  return undefined
}

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

function momentOf({ words, numbers }: Channel): string {
  if (words[WORD.question] === QUESTION.bar) return ` at the bar of ${new Date(numbers[NUMBER.time]!).toISOString()}`
  if (words[WORD.question] === QUESTION.snapshot) return ' in snapshot()'
  return words[WORD.question] === QUESTION.open ? ' in open()' : ''
}
