import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { bundledCalendar } from '../../src/adapters/calendar/bundled-calendar.ts'
import { sessionsBetween } from '../../src/domain/calendar/session-clock.ts'
import { isInstrument, resolveInstrument } from '../../src/domain/instrument/catalogue.ts'
import { priceToTicks, type Instrument } from '../../src/domain/instrument/instrument.ts'
import type { Bar } from '../../src/domain/market/bar.ts'
import { epochMs, ticks } from '../../src/domain/units/units.ts'

export const MINUTE = 60_000

export function instrumentOf(symbol: string): Instrument {
  const found = resolveInstrument(symbol)
  if (!isInstrument(found)) throw new Error(found.message)
  return found
}

/** Bars of a gzipped CSV of `time,open,high,low,close,volume` in UTC. */
export function barsOfCsv(file: string, instrument: Instrument): Bar[] {
  const [, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n')
  return lines.map((line) => {
    const [time, ...numbers] = line.split(',')
    const [open, high, low, close] = numbers.slice(0, 4).map((text) => priceToTicks(instrument, Number(text)))
    const at = epochMs(Date.parse(`${time!.replace(' ', 'T')}Z`))
    return { time: at, open: open!, high: high!, low: low!, close: close!, volume: Number(numbers[4]) }
  })
}

/** Numbers in [0, 1) that depend on nothing but the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type BarShape = Readonly<{
  symbol: string
  days: number
  seed: number
  /** First price, ticks. */
  startPx?: number
  withVolume?: boolean
}>

/**
 * One-minute bars of whole sessions: a walk that is pulled back to a slow drift, with bursts of volume on large
 * moves, so that a bounce strategy meets its setups on both sides.
 */
export function generatedBars(shape: BarShape): Bar[] {
  const { symbol, days, seed, startPx = 20_000, withVolume = true } = shape
  const random = seededRandom(seed)
  const from = epochMs(Date.UTC(2026, 1, 1))
  const sessions = sessionsBetween(instrumentOf(symbol), bundledCalendar(), from, epochMs(from + days * 86_400_000))
  const bars: Bar[] = []
  let anchor = startPx
  let price = startPx
  for (const { open, close } of sessions) {
    for (let time: number = open; time < close; time += MINUTE) {
      anchor += (random() - 0.5) * 4
      const move = (random() + random() + random() - 1.5) * 14 + (anchor - price) * 0.04
      const start = Math.round(price)
      price += move
      const end = Math.round(price)
      const wick = () => Math.floor(random() * random() * 9)
      const volume = withVolume ? Math.round(50 + random() * 100 + Math.abs(move) * 25) : 0
      bars.push({
        time: epochMs(time),
        open: ticks(start),
        high: ticks(Math.max(start, end) + wick()),
        low: ticks(Math.min(start, end) - wick()),
        close: ticks(end),
        volume,
      })
    }
  }
  return bars
}
