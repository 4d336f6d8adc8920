import type { Session } from '../calendar/session.ts'
import { priceToTicks, type Instrument } from '../instrument/instrument.ts'
import { epochMs, ticks } from '../units/units.ts'
import type { Bar } from './bar.ts'
import { fnv1a, openRandomStream, type RandomStream } from './random-stream.ts'
import { typicalMarket } from './typical-market.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Steps inside a minute, from which its high and low come. */
const STEPS = 6
/** Slow movement of the price level: span of a swing in days, and its size as a share of the price. */
const SWINGS = [
  { days: 90, share: 0.06 },
  { days: 20, share: 0.025 },
  { days: 4, share: 0.008 },
  { days: 1, share: 0.003 },
] as const

/**
 * Makes up the one-minute bars of one session, in the shape of a real one: volume and movement are larger near open
 * and close; the price wanders around a slowly moving level it is drawn back to; now and then it is pushed away over
 * some minutes with growing volume and turns back; the next session opens at some distance.
 *
 * The bars depend on seed, instrument and session only, so any session can be made again at any time, in any order, on
 * any platform. An index has no volume.
 *
 * @param seed whole number, 0 to 2^32 - 1
 */
export function generateSession(instrument: Instrument, seed: number, session: Session): Bar[] {
  const { price, dailyMove, minuteVolume } = typicalMarket(instrument)
  const base = priceToTicks(instrument, price)
  const key = `${seed}/${instrument.root}`
  const random = openRandomStream(`${key}/${session.open}`)
  const minutes = Math.floor((session.close - session.open) / MINUTE_MS)
  const from = levelAt(key, base, session.open)
  const to = levelAt(key, base, session.close)
  const step = Math.max(0.8, (base * dailyMove) / Math.sqrt(minutes))
  const walk = new SessionWalk(random, step)
  const bars: Bar[] = []
  let last = from
  for (let minute = 0; minute < minutes; minute++) {
    const part = minute / minutes
    const shape = edgeShape(part)
    const push = walk.advance(shape)
    const target = from + (to - from) * part + walk.away
    bars.push(barTo(random, last, target, step * (0.45 + 0.4 * shape), session.open + minute * MINUTE_MS))
    last = target
    const busy = minuteVolume * (0.55 + 1.6 * shape) * (1 + 1.4 * push) * (0.5 + random.uniform())
    const bar = bars[minute]
    if (bar) bar.volume = Math.round(busy)
  }
  return bars
}

/** 1 at the edges of the session, 0 in its middle. */
function edgeShape(part: number): number {
  return (2 * part - 1) * (2 * part - 1)
}

/** Distance of the price from its level, minute by minute. */
class SessionWalk {
  /** Ticks, not whole. */
  away = 0
  readonly #random: RandomStream
  readonly #step: number
  #drift = 0
  #pushLeft = 0
  #turnLeft = 0

  constructor(random: RandomStream, step: number) {
    this.#random = random
    this.#step = step
  }

  /** Moves on by a minute. @returns 1 while the price is pushed away, fading as it turns back */
  advance(shape: number): number {
    const { uniform, normal } = this.#random
    if (this.#pushLeft === 0 && this.#turnLeft === 0 && uniform() < 1 / 75) {
      this.#pushLeft = 7 + Math.floor(uniform() * 8)
      // Away from the level more often than back to it: that is what makes an extreme.
      const side = uniform() < 0.5 ? -1 : 1
      this.#drift = side * (0.9 + 0.9 * uniform())
    }
    let drift = 0
    let push = 0
    if (this.#pushLeft > 0) {
      drift = this.#drift
      push = 1
      if (--this.#pushLeft === 0) this.#turnLeft = 6 + Math.floor(uniform() * 12)
    } else if (this.#turnLeft > 0) {
      drift = -0.7 * this.#drift
      push = 0.6
      this.#turnLeft--
    }
    this.away += (drift + normal() * (0.6 + 0.5 * shape)) * this.#step - this.away / 50
    return push
  }
}

/** A minute that goes from `open` to `close` by steps; prices in ticks, rounded only here. */
function barTo(random: RandomStream, open: number, close: number, noise: number, time: number): Bar {
  let high = Math.max(open, close)
  let low = Math.min(open, close)
  for (let step = 1; step < STEPS; step++) {
    const at = open + ((close - open) * step) / STEPS + random.normal() * noise * 0.5
    high = Math.max(high, at)
    low = Math.min(low, at)
  }
  const round = (value: number) => ticks(Math.max(1, Math.round(value)))
  return {
    time: epochMs(time),
    open: round(open),
    high: round(high),
    low: round(low),
    close: round(close),
    volume: 0,
  }
}

/** Price level at an instant, ticks: straight lines between points that the key alone decides. */
function levelAt(key: string, base: number, at: number): number {
  let share = 0
  for (const swing of SWINGS) {
    const position = at / (DAY_MS * swing.days)
    const before = Math.floor(position)
    const point = (index: number) => fnv1a(`${key}/${swing.days}/${index}`) / 2_147_483_648
    share += swing.share * (point(before) + (point(before + 1) - point(before)) * (position - before))
  }
  return base * (1 + share)
}
