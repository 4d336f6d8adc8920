import { nearestNames } from '../failure/nearest-names.ts'
import { refusal, type Refusal } from '../failure/refusal.ts'
import { epochMs, type EpochMs } from '../units/units.ts'
import type { FeedSpec } from './feed.ts'

const HINT = 'Use replay, replay:max, replay:60x, replay:max:2024-01-02..2024-01-31, or synthetic:SEED.'
const FASTEST = 1_000_000
const LARGEST_SEED = 0xffff_ffff
const DAY = /^\d{4}-\d{2}-\d{2}$/
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/

/**
 * Reads a feed as typed on the command line: `replay[:SPEED[:FROM..TO]]` or `synthetic[:SEED]`.
 *
 * SPEED is `max` or a multiple of real time (`1x`, `60x`). FROM and TO are days (UTC, TO's day included) or ISO times
 * with a zone; either may be left out. SEED is a whole number from 0 to 4294967295.
 */
export function parseFeed(text: string): FeedSpec | Refusal {
  const [kind, first, ...rest] = text.trim().split(':')
  if (kind === 'synthetic') return rest.length > 0 ? unusable(text) : synthetic(text, first)
  // ISO times hold colons themselves, so the range is all that follows the second one.
  if (kind === 'replay') return replay(text, first, rest.length > 0 ? rest.join(':') : undefined)
  const near = nearestNames(kind ?? '', ['replay', 'synthetic'])
  return unusable(text, near[0] && `Did you mean ${near[0]}?`)
}

export function isFeedSpec(parsed: FeedSpec | Refusal): parsed is FeedSpec {
  return 'kind' in parsed
}

/** A feed as it would be typed. */
export function formatFeed(feed: FeedSpec): string {
  if (feed.kind === 'synthetic') return `synthetic:${feed.seed}`
  const speed = feed.speed === 'max' ? 'max' : `${feed.speed}x`
  if (feed.from === undefined && feed.to === undefined) return `replay:${speed}`
  const moment = (at: EpochMs | undefined) => (at === undefined ? '' : new Date(at).toISOString())
  return `replay:${speed}:${moment(feed.from)}..${moment(feed.to)}`
}

function synthetic(text: string, seedText = '1'): FeedSpec | Refusal {
  const seed = /^\d{1,10}$/.test(seedText) ? Number(seedText) : Number.NaN
  return seed <= LARGEST_SEED ? { kind: 'synthetic', seed } : unusable(text, 'The seed is no whole number we can use.')
}

function replay(text: string, speedText = 'max', range?: string): FeedSpec | Refusal {
  const speed = speedText === 'max' ? 'max' : Number(/^(\d+(?:\.\d+)?)x$/.exec(speedText)?.[1])
  if (speed !== 'max' && !(speed > 0 && speed <= FASTEST))
    return unusable(text, `${JSON.stringify(speedText)} is no speed.`)
  if (range === undefined) return { kind: 'replay', speed }

  const ends = range.split('..')
  if (ends.length !== 2) return unusable(text, 'A range is written FROM..TO.')
  const from = ends[0] === '' ? undefined : startOf(ends[0]!)
  const to = ends[1] === '' ? undefined : endOf(ends[1]!)
  if (Number.isNaN(from) || Number.isNaN(to)) return unusable(text, 'A time of the range can not be read.')
  if (from !== undefined && to !== undefined && from > to) return unusable(text, 'The range ends before it begins.')
  return {
    kind: 'replay',
    speed,
    ...(from === undefined ? {} : { from: epochMs(from) }),
    ...(to === undefined ? {} : { to: epochMs(to) }),
  }
}

/** @returns epoch ms, NaN when the text is no time */
function startOf(text: string): number {
  return DAY.test(text) ? dayStart(text) : MOMENT.test(text) ? Date.parse(text) : Number.NaN
}

function endOf(text: string): number {
  return DAY.test(text) ? dayStart(text) + 86_400_000 - 1 : startOf(text)
}

/** `Date.parse` lets 2024-02-31 through as a day of March; writing it back shows that. */
function dayStart(text: string): number {
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? at : Number.NaN
}

function unusable(text: string, why?: string): Refusal {
  const message = `${JSON.stringify(text)} is no feed we can use.`
  return refusal('feed-invalid', message, why ? `${why} ${HINT}` : HINT)
}
