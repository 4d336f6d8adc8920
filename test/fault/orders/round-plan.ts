import { openRandomStream, type RandomStream } from '../../../src/domain/market/random-stream.ts'
import type { FaultInput } from '../../support/venue/fault-plan.ts'
import type { SettingsChange } from '../../support/venue/start-venue.ts'
import { ANYWHERE, CRASH_POINTS, LATER_POINTS, type CrashPoint } from './crash-points.ts'
import { SCENARIOS, type ScenarioName } from './scenarios.ts'

/** Everything that is drawn for one round; the same seed gives the same plan. */
export type RoundPlan = Readonly<{
  seed: number
  scenario: ScenarioName
  point: CrashPoint
  /** Which of the times that the point is passed kills, from 1. */
  nth: number
  /** A second death, in the recovery from the first. */
  again: Readonly<{ point: CrashPoint; nth: number }> | undefined
  /** The machine loses power instead of the process its life: what no disk had confirmed is gone. */
  isPowerLost: boolean
  venue: SettingsChange & Readonly<{ dedupe: boolean; visibilityLagMs: number }>
  faults: readonly FaultInput[]
  /** After which step the venue loses a stop, or a target where there is none; undefined where it keeps what it has. */
  forgetsAfter: number | undefined
  /** Longest time one call may take, milliseconds; undefined: as the account has it. */
  timeoutMs: number | undefined
  /** Draws what the market does meanwhile. */
  market: RandomStream
}>

const LAGS_MS = [0, 300, 5_000] as const
/** Points that stand for a file as it is on disk at a given step. */
const POWER_POINTS = ['3', '5', '6']

export function planRound(seed: number): RoundPlan {
  const draw = openRandomStream(`round ${seed}`)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw.uniform() * list.length)]!
  const chance = (likelihood: number) => draw.uniform() < likelihood
  const drawn = chance(0.4) ? ANYWHERE : pick(CRASH_POINTS)
  const point = laterPoint(seed) ?? drawn
  const venue = {
    dedupe: chance(0.5),
    visibilityLagMs: pick(LAGS_MS),
    capabilities: {
      bracket: point.venue?.bracket ?? chance(0.5),
      oco: point.venue?.oco ?? chance(0.5),
      replace: point.venue?.replace ?? chance(0.5),
      trailingStop: chance(0.5),
      combo: chance(0.5),
      reduceOnly: reducesOnly(seed),
    },
    partial: chance(0.4) ? 0.6 : 0,
    latencyMs: chance(0.3) ? ([1, 15] as [number, number]) : ([0, 0] as [number, number]),
    stream: chance(0.3) ? { duplicate: 0.2, swap: 0.2, late: 0.1, drop: 0.1, lateMs: 100 } : {},
  }
  return {
    seed,
    scenario: pick(Object.keys(SCENARIOS) as ScenarioName[]),
    point,
    nth: 1 + Math.floor(draw.uniform() * point.among),
    again: chance(0.3) ? { point: pick(CRASH_POINTS), nth: 1 + Math.floor(draw.uniform() * 4) } : undefined,
    isPowerLost: POWER_POINTS.includes(point.id) && chance(0.4),
    venue,
    faults: [...(chance(0.4) ? [pick(NOISE)] : []), ...(isHurried(seed) ? WAITS : [])],
    forgetsAfter: forgottenAfter(seed),
    timeoutMs: isHurried(seed) ? HURRY_MS : undefined,
    market: draw,
  }
}

/** Drawn apart, so that what a seed meant before it means still. */
function reducesOnly(seed: number): boolean {
  return openRandomStream(`reduce only ${seed}`).uniform() < 0.5
}

/** In every eighth round; mostly at the first step or the second, where most positions are open. */
function forgottenAfter(seed: number): number | undefined {
  const drawOf = openRandomStream(`forgotten order ${seed}`)
  return drawOf.uniform() < 1 / 8 ? Math.floor(drawOf.uniform() * 3) : undefined
}

/** Calls of these rounds end sooner than the venue wants to be asked again. */
const HURRY_MS = 500
const WAITS: readonly FaultInput[] = [
  { on: 'submit', kind: 'status', status: 429, retryAfterS: 1, skip: 1 },
  { on: 'submit', kind: 'status', status: 429, retryAfterS: 1, skip: 2 },
]

function isHurried(seed: number): boolean {
  return openRandomStream(`hurried ${seed}`).uniform() < 1 / 8
}

/** One of the points that came later, in every eighth round. */
function laterPoint(seed: number): CrashPoint | undefined {
  const draw = openRandomStream(`later point ${seed}`)
  return draw.uniform() < 1 / 8 ? LATER_POINTS[Math.floor(draw.uniform() * LATER_POINTS.length)] : undefined
}

/** What goes wrong on the way besides. */
const NOISE: readonly FaultInput[] = [
  { on: 'submit', kind: 'lose-reply' },
  { on: 'submit', kind: 'half-reply' },
  { on: 'submit', kind: 'drop' },
  { on: 'submit', kind: 'garbage' },
  { on: 'submit', kind: 'status', status: 503 },
  { on: 'submit', kind: 'status', status: 502, bare: true, processed: true },
  { on: 'submit', kind: 'status', status: 429, retryAfterS: 0.2 },
  { on: 'submit', kind: 'status', status: 422, purpose: 'stop' },
  { on: 'cancel', kind: 'status', status: 422 },
  { on: 'cancel', kind: 'fill-first' },
  { on: 'cancel', kind: 'fill-late', ms: 50 },
  { on: 'cancel', kind: 'lose-reply' },
  { on: 'replace', kind: 'fill-first', quantity: 1 },
  { on: 'replace', kind: 'lose-reply' },
  { on: 'read', kind: 'status', status: 500, times: 3 },
  { on: 'read', kind: 'drop', times: 2 },
  { on: 'read', kind: 'half-reply' },
  { on: 'stream', kind: 'status', status: 503, times: 2 },
]

/** The plan in one line, for a person who replays it. */
export function describePlan(plan: RoundPlan): string {
  const { seed, scenario, point, nth, again, isPowerLost, venue, faults, forgetsAfter, timeoutMs } = plan
  const capabilities = Object.entries(venue.capabilities ?? {}).flatMap(([name, has]) => (has ? [name] : []))
  return [
    `seed ${seed}: ${scenario}, ${isPowerLost ? 'power lost' : 'killed'} at point ${point.id} (${point.title}), pass ${nth}`,
    ...(again ? [`and again at point ${again.point.id}, pass ${again.nth}`] : []),
    `dedupe ${venue.dedupe ? 'on' : 'off'}, lag ${venue.visibilityLagMs} ms, can ${capabilities.join(' ') || 'nothing'}`,
    ...(forgetsAfter === undefined ? [] : [`an order forgotten after step ${forgetsAfter + 1}`]),
    ...(timeoutMs === undefined ? [] : [`calls of at most ${timeoutMs} ms`]),
    ...faults.map(({ on, kind, status }) => `${on}: ${kind}${status === undefined ? '' : ` ${status}`}`),
  ].join('; ')
}
