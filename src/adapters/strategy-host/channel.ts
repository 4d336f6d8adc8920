import type { Session } from '../../domain/calendar/session.ts'
import type { HeldPosition } from '../../domain/strategy/strategy.ts'

/**
 * The memory that a bot and its plug-in's thread share, and who may write it.
 *
 * One question at a time: the bot writes it, passes the turn and sleeps until the answer is there. A bar costs no copy
 * and no event of either thread's loop, so a replay through a plug-in stays quick. What is longer than a few numbers is
 * JSON, so that no object of a plug-in ever reaches the bot.
 */
export type Channel = Readonly<{
  words: Int32Array
  numbers: Float64Array
  text: Buffer
  failure: Buffer
}>

/** Whose turn it is. The thread boots by itself; its description is the first answer. At `ending` it ends by itself. */
export const TURN = { booting: 0, asked: 1, answered: 2, ending: 3 } as const

/** Places in `words`. */
export const WORD = { turn: 0, failed: 1, question: 2, run: 3, length: 4, flags: 5, failureLength: 6 } as const

export const QUESTION = { open: 1, bar: 2, snapshot: 3, indicators: 4, measure: 5 } as const

/** Places in `numbers` of a bar and of the position shown with it. */
export const NUMBER = {
  ...{ time: 0, open: 1, high: 2, low: 3, close: 4, volume: 5 },
  ...{ quantity: 6, avgPx: 7, openedAt: 8, tradesToday: 9 },
} as const

/** Bits of `flags`. `session` alone means the one of the bar before; with `text` it is in the text. */
export const FLAG = { entryPending: 1, session: 2, text: 4 } as const

const WORDS = 8
const NUMBERS = 16
const TEXT_BYTES = 512 * 1024
const FAILURE_BYTES = 4 * 1024

export function newChannelMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(WORDS * 4 + NUMBERS * 8 + TEXT_BYTES + FAILURE_BYTES)
}

export function openChannel(memory: SharedArrayBuffer): Channel {
  let at = 0
  const next = (bytes: number) => {
    const from = at
    at += bytes
    return from
  }
  return {
    words: new Int32Array(memory, next(WORDS * 4), WORDS),
    numbers: new Float64Array(memory, next(NUMBERS * 8), NUMBERS),
    text: Buffer.from(memory, next(TEXT_BYTES), TEXT_BYTES),
    failure: Buffer.from(memory, next(FAILURE_BYTES), FAILURE_BYTES),
  }
}

/** @returns false when the text is longer than the channel */
export function writeText({ words, text }: Channel, value: string): boolean {
  // A character takes up to three bytes; measured only where that could be too much.
  if (value.length * 3 > TEXT_BYTES && Buffer.byteLength(value) > TEXT_BYTES) return false
  words[WORD.length] = text.write(value, 0, 'utf8')
  return true
}

export function readText({ words, text }: Channel): string {
  const length = Math.min(Math.max(words[WORD.length] ?? 0, 0), TEXT_BYTES)
  return text.toString('utf8', 0, length)
}

export function passTurn({ words }: Channel, turn: number): void {
  Atomics.store(words, WORD.turn, turn)
  Atomics.notify(words, WORD.turn)
}

/** Why a plug-in was stopped: a stable code and the end of a sentence that begins with its name. */
export type PlugInFailure = Readonly<{ code: FailureCode; text: string }>

export type FailureCode =
  | 'load-failed'
  | 'shape'
  | 'threw'
  | 'rejected'
  | 'asynchronous'
  | 'answer-invalid'
  | 'too-large'
  | 'exited'
  | 'memory'
  | 'too-slow'

export function writeFailure({ words, failure }: Channel, why: PlugInFailure): void {
  // The first one is the cause; what comes after it follows from it.
  if (words[WORD.failureLength] !== 0) return
  const cut = { ...why, text: why.text.slice(0, 900) }
  words[WORD.failureLength] = failure.write(JSON.stringify(cut), 0, 'utf8')
  Atomics.store(words, WORD.failed, 1)
}

export function readFailure({ words, failure }: Channel): PlugInFailure | undefined {
  if (Atomics.load(words, WORD.failed) === 0) return undefined
  return JSON.parse(failure.toString('utf8', 0, words[WORD.failureLength])) as PlugInFailure
}

/** What a plug-in's thread is started with. */
export type PlugInStart = Readonly<{ memory: SharedArrayBuffer; entry: string }>

/** Its first answer. `content` is the hash of every file it was loaded from. */
export type PlugInLoaded = Readonly<{ description: unknown; content: string }>

/** The question `open`. */
export type OpenQuestion = Readonly<{ setup: Readonly<Record<string, unknown>> }>

/** What is shown with a bar beside its numbers: a session that is new, and what is held. */
export type BarText = Readonly<{ session?: Session; held?: readonly HeldPosition[] }>

/** The answer to a bar that had something to say. */
export type BarAnswer = Readonly<{ proposal?: unknown; warnings?: unknown }>
