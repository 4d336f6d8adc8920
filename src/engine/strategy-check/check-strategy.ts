import type { SessionClock } from '../../domain/calendar/session.ts'
import { takenName, whyNotTold } from '../../domain/experience/feature-name.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { PositionView, StrategyRun } from '../../domain/strategy/strategy.ts'
import { PretendAccount } from './pretend-account.ts'

/** One thing looked at. `text` is a sentence with the numbers in it. */
export type Finding = Readonly<{ check: string; result: 'ok' | 'warn' | 'fail'; text: string }>

export type CheckContext = Readonly<{
  bars: readonly Bar[]
  clock: SessionClock
  /** A run of a freshly loaded strategy. */
  open: (snapshot?: unknown) => Promise<CheckedRun>
  /** Monotonic, milliseconds. */
  now: () => number
  /** Bars after which a run is stopped and continued by another. */
  cuts: readonly number[]
  /** What is allowed for a bar, milliseconds. */
  barMs: number
  /** What is allowed of memory, bytes. */
  memoryBytes: number
}>

export type CheckedRun = Readonly<{
  run: StrategyRun
  /** Memory in use after a clean-up, bytes; undefined where it can't be known. */
  memory: () => number | undefined
  close: () => Promise<void>
}>

type Told = Readonly<{ bar: number; text: string }>
type Pass = Readonly<{
  told: readonly Told[]
  views: readonly PositionView[]
  snapshots: ReadonlyMap<number, unknown>
  times: Float64Array
  memory: readonly number[]
  stopped: string | undefined
  /** The first proposal that the pool of experiences would not get, and why. */
  untold: Told | undefined
}>

/** A strategy that keeps so little for each bar that its memory lasts a year of minutes is left alone. */
const YEAR_OF_MINUTES = 500_000
/** How often memory is read, and how many of the readings come before code that is no longer used has gone. */
const MOMENTS = { all: 12, settling: 4 } as const
/** Growth that says nothing: what the engine itself takes and gives back between readings, bytes. */
const NOISE_BYTES = 64 * 1024

/**
 * Runs a strategy over bars, twice, and once more from each cut: it must propose the same every time, be quick, and keep
 * no more than it needs.
 */
export async function checkStrategy(ctx: CheckContext): Promise<readonly Finding[]> {
  const first = await passOver(ctx)
  const { stopped } = first
  if (stopped !== undefined) return [{ check: 'runs', result: 'fail', text: `On the way ${stopped}.` }]
  const findings: Finding[] = [
    { check: 'runs', result: 'ok', text: `It saw ${ctx.bars.length} bars and proposed ${first.told.length} times.` },
  ]
  if (first.told.length === 0)
    findings.push({
      check: 'proposals',
      result: 'warn',
      text: 'It proposed nothing, so its proposals could not be looked at; try more bars, another symbol or seed.',
    })
  else findings.push(proposalsOf(ctx, first))
  findings.push(await sameAgain(ctx, first), await sameFromCuts(ctx, first), timeOf(ctx, first), growthOf(ctx, first))
  return findings
}

async function passOver(ctx: CheckContext): Promise<Pass> {
  const opened = await ctx.open()
  const { run } = opened
  const account = new PretendAccount()
  const told: Told[] = []
  const views: PositionView[] = []
  const snapshots = new Map<number, unknown>()
  const times = new Float64Array(ctx.bars.length)
  const memory: number[] = []
  let untold: Told | undefined
  const every = Math.max(1, Math.floor(ctx.bars.length / MOMENTS.all))
  for (const [index, bar] of ctx.bars.entries()) {
    const session = ctx.clock.sessionAt(bar.time)
    account.meet(bar, session)
    views.push(account.view)
    const began = ctx.now()
    const proposal = run.onBar(bar, session, account.view)
    times[index] = ctx.now() - began
    run.takeWarnings()
    if (proposal) {
      told.push({ bar: index, text: JSON.stringify(proposal) })
      const taken = 'features' in proposal ? takenName(proposal.features) : undefined
      if (taken !== undefined) untold ??= { bar: index, text: whyNotTold(taken) }
      account.take(proposal)
    }
    if (ctx.cuts.includes(index)) snapshots.set(index, run.snapshot())
    if ((index + 1) % every === 0) memory.push(opened.memory() ?? Number.NaN)
    if (run.halted?.()) break
  }
  // A snapshot that can't be kept stops a bot at its first checkpoint.
  run.snapshot()
  const stopped = run.halted?.()?.text
  await opened.close()
  return { told, views, snapshots, times, memory, stopped, untold }
}

function proposalsOf(ctx: CheckContext, { untold }: Pass): Finding {
  if (!untold) return { check: 'proposals', result: 'ok', text: 'Every proposal was well formed.' }
  const text = `The proposal at ${momentOf(ctx, untold.bar)} can't be compared with others: ${untold.text}. Give it another name.`
  return { check: 'proposals', result: 'fail', text }
}

async function sameAgain(ctx: CheckContext, first: Pass): Promise<Finding> {
  const second = await passOver(ctx)
  if (second.stopped !== undefined)
    return { check: 'determinism', result: 'fail', text: `At the second run over the same bars ${second.stopped}.` }
  const differs = firstDifference(first.told, second.told)
  if (differs === undefined)
    return { check: 'determinism', result: 'ok', text: 'A second run proposed the same, bar by bar.' }
  return {
    check: 'determinism',
    result: 'fail',
    text: `A second run over the same bars differs at ${momentOf(ctx, differs)}. Use nothing but what onBar is given: no clock, no random numbers, nothing outside the run.`,
  }
}

async function sameFromCuts(ctx: CheckContext, first: Pass): Promise<Finding> {
  for (const [cut, snapshot] of first.snapshots) {
    const { run, close } = await ctx.open(JSON.parse(JSON.stringify(snapshot)))
    const told: Told[] = []
    for (let index = cut + 1; index < ctx.bars.length; index++) {
      const bar = ctx.bars[index]!
      const proposal = run.onBar(bar, ctx.clock.sessionAt(bar.time), first.views[index]!)
      run.takeWarnings()
      if (proposal) told.push({ bar: index, text: JSON.stringify(proposal) })
      if (run.halted?.()) break
    }
    const stopped = run.halted?.()?.text
    await close()
    if (stopped !== undefined)
      return { check: 'snapshot', result: 'fail', text: `Continued from its snapshot, ${stopped}.` }
    const rest = first.told.filter((one) => one.bar > cut)
    const differs = firstDifference(rest, told)
    if (differs !== undefined)
      return {
        check: 'snapshot',
        result: 'fail',
        text: `Continued from its snapshot after ${momentOf(ctx, cut)}, it differs at ${momentOf(ctx, differs)}. Put everything it remembers into snapshot(), and read it back in open().`,
      }
  }
  return {
    check: 'snapshot',
    result: 'ok',
    text: `Continued from its snapshot at ${first.snapshots.size} places, it proposed the same.`,
  }
}

function timeOf(ctx: CheckContext, { times }: Pass): Finding {
  const sorted = times.toSorted()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  const [median, late, most] = [at(0.5), at(0.99), at(1)]
  const text = `A bar takes ${inMs(median)} (median), ${inMs(late)} (99 of 100), ${inMs(most)} at most; ${ctx.barMs} ms are allowed.`
  return { check: 'time', result: late > ctx.barMs / 4 ? 'warn' : 'ok', text }
}

/** The usual step counts, not the sum of them: the engine takes or frees much at once, at a moment of its own choosing. */
function growthOf(ctx: CheckContext, { memory }: Pass): Finding {
  const settled = memory.slice(MOMENTS.settling)
  const late = settled.at(-1)
  const steps = settled.slice(1).map((bytes, index) => bytes - settled[index]!)
  if (late === undefined || steps.length < 3 || settled.some(Number.isNaN))
    return { check: 'memory', result: 'ok', text: 'Too few bars to see whether it grows.' }
  const usual = steps.toSorted((a, b) => a - b)[Math.floor((steps.length - 1) / 2)]!
  const perBar = usual / Math.max(1, Math.floor(ctx.bars.length / MOMENTS.all))
  const lasts = (ctx.memoryBytes - late) / perBar
  const goesUpAndDown = steps.filter((step) => step <= 0).length > steps.length / 3
  if (goesUpAndDown || usual * steps.length < NOISE_BYTES || lasts > YEAR_OF_MINUTES)
    return { check: 'memory', result: 'ok', text: `It uses ${inMb(late)} MB and does not grow.` }
  return {
    check: 'memory',
    result: 'fail',
    text: `It keeps about ${Math.round(perBar)} bytes for each bar: its ${inMb(ctx.memoryBytes)} MB are full after some ${Math.round(lasts)} bars. Keep only what the next bar needs.`,
  }
}

/** @returns the bar of the first proposal that is not the same in both */
function firstDifference(one: readonly Told[], other: readonly Told[]): number | undefined {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const [a, b] = [one[index], other[index]]
    if (a?.bar !== b?.bar || a?.text !== b?.text) return Math.min(a?.bar ?? Infinity, b?.bar ?? Infinity)
  }
  return undefined
}

function momentOf({ bars }: CheckContext, index: number): string {
  return `bar ${index + 1} (${new Date(bars[index]!.time).toISOString()})`
}

const inMs = (ms: number) => `${ms.toFixed(3)} ms`
const inMb = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
