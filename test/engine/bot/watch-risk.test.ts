import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Broker } from '../../../src/domain/broker/broker.ts'
import type { RiskLimits } from '../../../src/domain/risk/risk-limits.ts'
import type { RiskState } from '../../../src/domain/risk/risk-state.ts'
import { minorUnits, ticks, type Ticks } from '../../../src/domain/units/units.ts'
import type { BotContext } from '../../../src/engine/bot/bot-context.ts'
import { standingBlocks } from '../../../src/engine/bot/entry-blocks.ts'
import { clearBreach } from '../../../src/engine/bot/watch-risk.ts'
import { openRig, RIG_ACCOUNT, walkBars, type Rig, type RigOptions } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const MINUTE = 60_000
/** A session of the rig is 200 minutes long and begins every 220. */
const CYCLE = 220 * MINUTE
const bars = walkBars(900, 3)
/** A walk on which the rig's strategy makes money at first. */
const gainful = walkBars(300, 2)

type Decision = { action: string; at: number; reasons: string }
type Breach = {
  seq: number
  rule: string
  at: number
  bar_time: number
  until: number | null
  cleared_at: number | null
}

function read<T>(rig: Rig, sql: string): T[] {
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  try {
    return db.prepare(sql).all() as T[]
  } finally {
    db.close()
  }
}

function look(rig: Rig) {
  return {
    decisions: read<Decision>(rig, 'SELECT * FROM decisions ORDER BY seq'),
    breaches: read<Breach>(rig, 'SELECT * FROM risk_breaches ORDER BY seq'),
    orders: read<{ purpose: string; created_at: number }>(rig, 'SELECT * FROM orders ORDER BY seq'),
    state: JSON.parse(read<{ state: string }>(rig, 'SELECT state FROM risk_state')[0]!.state) as RiskState,
  }
}

async function run(options: Partial<RigOptions> & { limits?: Partial<RiskLimits> }) {
  const rig = openRig({ home: tempHome(), bars, ...options })
  const end = await rig.run()
  const seen = { ...look(rig), rig, end, blocks: standingBlocks(rig.ctx, rig.book) }
  await rig.close()
  return seen
}

const codes = ({ reasons }: Decision) => (JSON.parse(reasons) as { code: string }[]).map(({ code }) => code)
const entered = (decisions: Decision[], from: number, to: number) =>
  decisions.filter(({ action, at }) => action === 'enter' && at >= from && at < to)

describe('a daily loss limit that counts the open position', () => {
  const limits = { maxDailyLossMinor: minorUnits(120_000), dailyLossCounts: 'open-from-balance' as const }

  it('closes the position, and makes no entry before the next session', async () => {
    const { breaches, decisions, rig } = await run({ limits })
    const [first] = breaches
    expect(first).toMatchObject({ rule: 'daily-loss', cleared_at: null })
    expect(first!.until).toBe((Math.floor(first!.bar_time / CYCLE) + 1) * CYCLE)
    expect(decisions.some((d) => d.action === 'exit' && d.at === first!.at && codes(d).includes('daily-loss'))).toBe(
      true,
    )
    expect(entered(decisions, first!.at, first!.until!)).toEqual([])
    expect(entered(decisions, first!.until!, Infinity).length).toBeGreaterThan(0)
    expect(rig.book.breaches.every(({ until }) => until! > rig.book.lastBar!.time)).toBe(true)
  })

  it('is told as an error, once for each breach', async () => {
    const errors: string[] = []
    const log = { info: () => undefined, warn: () => undefined, error: (event: string) => void errors.push(event) }
    const { breaches } = await run({ limits, log })
    expect(errors.filter((event) => event === 'risk-breach').length).toBe(breaches.length)
  })

  it('stands through a restart, and through a limit made looser or taken away', async () => {
    const home = tempHome()
    const all = await run({ limits })
    const [first] = all.breaches
    const cut = bars.filter(({ time }) => time <= first!.bar_time + 5 * MINUTE)
    await run({ home, limits, bars: cut })
    const rest = bars.filter(({ time }) => time < first!.until! - MINUTE)
    const { decisions, blocks } = await run({ home, bars: rest, limits: {} })
    expect(entered(decisions, first!.at, Infinity)).toEqual([])
    expect(blocks.map(({ code }) => code)).toContain('daily-loss')
    expect(blocks.map(({ text }) => text).join()).toMatch(/the limit 1200\.00 USD; no entries before/)
  })

  it('is over with its day, and can be reached again, also where the new one begins with a fill', async () => {
    const events: string[] = []
    const note = (event: string) => void events.push(event)
    const [first] = (await run({ limits })).breaches
    // The breach is in the last bar of its session; the next opens far below, beyond the stop or the target.
    const below = (px: Ticks) => ticks(px - 100)
    const gap = bars
      .filter(({ time }) => time <= first!.bar_time || time >= first!.until!)
      .map((bar) => {
        const { time, open, high, low, close } = bar
        if (time <= first!.bar_time) return bar
        return { ...bar, open: below(open), high: below(high), low: below(low), close: below(close) }
      })
    const log = { info: note, warn: note, error: note }
    const { breaches, rig } = await run({ limits, bars: gap, log })
    const fills = read<{ at: number }>(rig, 'SELECT at FROM fills ORDER BY seq').filter(({ at }) => at > first!.at)
    expect(fills[0]?.at).toBe(first!.until)
    expect(breaches[0]).toMatchObject({ bar_time: first!.bar_time, until: first!.until })
    expect(breaches[1]?.at).toBeLessThan(first!.until! + CYCLE)
    expect(events.indexOf('risk-released')).toBeLessThan(events.lastIndexOf('risk-breach'))
  })

  it('does not forget the loss of the day when the day boundary is edited', async () => {
    const home = tempHome()
    const half = bars.slice(0, 100)
    const first = await run({ home, limits: {}, bars: half })
    const edited = await run({ home, limits: {}, bars: bars.slice(0, 101), rules: { dayBoundary: '01:20 UTC' } })
    expect(edited.state.day).toBe(first.state.day)
    expect(edited.state.tradesToday).toBeGreaterThanOrEqual(first.state.tradesToday)
    const later = await run({ home, limits: {}, bars: bars.slice(0, 300), rules: { dayBoundary: '01:20 UTC' } })
    expect(later.state.boundary).toBe('01:20 UTC')
  })
})

describe('a trailing drawdown', () => {
  const limits = { trailingDrawdownMinor: minorUnits(250_000), drawdownMark: 'intraday' as const }

  it('ends trading for good, restarts included, until a person clears that very breach', async () => {
    const home = tempHome()
    const { breaches, decisions, blocks } = await run({ home, limits, bars: bars.slice(0, 600) })
    expect(breaches).toMatchObject([{ rule: 'trailing-drawdown', until: null }])
    expect(entered(decisions, breaches[0]!.at, Infinity)).toEqual([])
    expect(blocks.at(-1)?.text).toContain('risk.clearBreach=1')

    const again = await run({ home, limits: {}, bars: bars.slice(0, 700) })
    expect(entered(again.decisions, breaches[0]!.at, Infinity)).toEqual([])

    const warned: string[] = []
    const wrong = await run({
      home,
      limits,
      bars: bars.slice(0, 750),
      onBook: (book, ctx) => clearBreach(ctx, book, 2),
    })
    expect(entered(wrong.decisions, breaches[0]!.at, Infinity)).toEqual([])
    const log = { info: () => undefined, error: () => undefined, warn: (event: string) => void warned.push(event) }
    const cleared = await run({ home, limits, log, onBook: (book, ctx) => clearBreach(ctx, book, 1) })
    expect(warned).toContain('risk-cleared')
    expect(cleared.breaches[0]?.cleared_at).toBe(1)
    expect(entered(cleared.decisions, bars[750]!.time, Infinity).length).toBeGreaterThan(0)
  })

  it('keeps its high-water mark through a restart', async () => {
    const home = tempHome()
    const first = await run({ home, limits, bars: gainful })
    let seen = 0
    const rig = openRig({ home, limits, bars: gainful, onBook: (book) => (seen = book.risk.highMarkMinor) })
    await rig.close()
    expect(seen).toBe(first.state.highMarkMinor)
    expect(seen).toBeGreaterThan(5_000_000)
  })
})

describe('a breach that only a day can end', () => {
  it('is not cleared by a person before its time', async () => {
    const home = tempHome()
    const limits = { maxDailyLossMinor: minorUnits(1) }
    const before = await run({ home, limits, bars: bars.slice(0, 60) })
    expect(before.breaches.length).toBe(1)
    const after = await run({ home, limits, bars: bars.slice(0, 61), onBook: (book, ctx) => clearBreach(ctx, book, 1) })
    expect(after.breaches[0]?.cleared_at).toBeNull()
    expect(after.blocks.map(({ code }) => code)).toContain('daily-loss')
  })
})

describe('a profit target', () => {
  it('of the day locks the day', async () => {
    const { breaches, decisions } = await run({ limits: { dailyProfitTargetMinor: minorUnits(30_000) } })
    const [first] = breaches
    expect(first?.rule).toBe('daily-profit')
    expect(entered(decisions, first!.at, first!.until!)).toEqual([])
  })

  it('of the account ends trading', async () => {
    const { breaches, decisions } = await run({ bars: gainful, limits: { profitTargetMinor: minorUnits(10_000) } })
    expect(breaches).toMatchObject([{ rule: 'profit-target', until: null }])
    expect(entered(decisions, breaches[0]!.at, Infinity)).toEqual([])
  })
})

describe('times at which nothing may be held', () => {
  const rules = { mustBeFlat: '01:00-02:00 UTC' }

  it('find the account flat and see no entry', async () => {
    let held = 0
    const onBook = (book: Rig['book'], ctx: BotContext) => {
      const onBar = ctx.run.onBar.bind(ctx.run)
      ctx.run.onBar = (bar, session, position) => {
        if (bar.time > 60 * MINUTE && bar.time < 120 * MINUTE && position.quantity !== 0) held++
        return onBar(bar, session, position)
      }
      void book
    }
    const { decisions } = await run({ rules, onBook, bars: bars.slice(0, 180) })
    expect(held).toBe(0)
    expect(entered(decisions, 59 * MINUTE, 120 * MINUTE)).toEqual([])
    expect(decisions.some((d) => codes(d).includes('must-be-flat'))).toBe(true)
    expect(entered(decisions, 120 * MINUTE, Infinity).length).toBeGreaterThan(0)
  })
})

describe('pauses and rates', () => {
  it('hold entries back after a loss', async () => {
    const { rig, decisions } = await run({ limits: { cooldownAfterLossMinutes: 15 } })
    const losses = read<{ exit_time: number }>(rig, 'SELECT exit_time FROM trades WHERE net < 0')
    expect(losses.length).toBeGreaterThan(2)
    for (const { exit_time } of losses) expect(entered(decisions, exit_time, exit_time + 15 * MINUTE)).toEqual([])
    expect(decisions.some((d) => codes(d).includes('cooldown'))).toBe(true)
  })

  it('hold entries back after stops in a short time, counting through a restart', async () => {
    const home = tempHome()
    const limits = { stopGuardStops: 2, stopGuardWindowMinutes: 120, stopGuardPauseMinutes: 40 }
    for (let end = 40; end <= 400; end += 40) await run({ home, limits, bars: bars.slice(0, end) })
    const parts = await run({ home, limits, bars: bars.slice(0, 400) })
    const whole = await run({ limits, bars: bars.slice(0, 400) })
    expect(parts.decisions.map(({ reasons, at }) => [at, reasons])).toEqual(
      whole.decisions.map(({ reasons, at }) => [at, reasons]),
    )
    expect(whole.decisions.some((d) => codes(d).includes('stop-guard'))).toBe(true)
    expect(parts.state).toEqual(whole.state)
  })

  it('count entries of the last minute', async () => {
    const { state, orders } = await run({ limits: { maxOrdersPerMinute: 1 } })
    expect(state.orders.length).toBeLessThanOrEqual(1)
    const times = orders.filter(({ purpose }) => purpose === 'entry').map(({ created_at }) => created_at)
    for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(MINUTE)
  })
})

describe('exits and cancels', () => {
  it('are made while every limit is against trading', async () => {
    let exits = 0
    const watched = (broker: Broker): Broker => ({
      ...broker,
      submit: (order) => {
        if (order.purpose === 'exit') exits++
        return broker.submit(order)
      },
    })
    const { end, rig } = await run({
      wrapBroker: watched,
      rules: { tradingWindow: '00:00-23:00 UTC' },
      limits: { maxDailyLossMinor: minorUnits(120_000), dailyLossCounts: 'open-from-equity' },
    })
    expect(end.reason).toBe('feed-ended')
    expect(exits).toBeGreaterThan(0)
    expect(rig.book.position.quantity).toBe(0)
    expect(rig.book.opens.size).toBe(0)
  })
})
