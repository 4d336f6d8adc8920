import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/domain/calendar/session.ts'
import type { Bar } from '../../../src/domain/market/bar.ts'
import { segmentOptions } from '../../../src/domain/strategy/segment-options/segment-options.ts'
import type { PositionView, Proposal } from '../../../src/domain/strategy/strategy.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { realData } from '../../support/real-data.ts'
import { barsOfCsv, generatedBars, instrumentOf } from '../../support/sample-bars.ts'
import { FLAT, openRun, sessionClockOf } from '../../support/strategy-replay.ts'

/** An account as small as it can be: what is bought fills at the next bar, its premium follows half of the index. */
class OneOptionAccount {
  view: PositionView = FLAT
  #next: 'call' | 'put' | 'flat' | undefined
  #entryPx = 0
  #session: number | undefined

  meet(bar: Bar, session: Session | undefined): void {
    if (session && session.open !== this.#session) {
      this.#session = session.open
      this.view = { ...this.view, tradesToday: 0 }
    }
    if (this.#next === 'flat') this.view = { ...this.view, held: [] }
    else if (this.#next) {
      this.#entryPx = bar.open
      const symbol = this.#next === 'call' ? 'NIFTY2620324900CE' : 'NIFTY2620324900PE'
      const held = [{ symbol, quantity: lots(1), avgPx: 2000, markPx: ticks(2000), openedAt: bar.time }]
      this.view = { ...FLAT, tradesToday: this.view.tradesToday + 1, held }
    }
    this.#next = undefined
    const [option] = this.view.held
    if (!option) return
    const moved = (bar.close - this.#entryPx) * (option.symbol.endsWith('CE') ? 1 : -1)
    this.view = { ...this.view, held: [{ ...option, markPx: ticks(Math.max(1, Math.round(2000 + moved / 2))) }] }
  }

  take(proposal: Proposal | undefined): void {
    if (proposal?.kind === 'exit') this.#next = 'flat'
    if (proposal?.kind !== 'trade') return
    if (proposal.command.kind === 'buy-call') this.#next = 'call'
    if (proposal.command.kind === 'buy-put') this.#next = 'put'
  }
}

const real = realData('NIFTY50-2019-01-1m.csv.gz')
const SOURCES: readonly (readonly [string, string, () => Bar[]])[] = [
  ['generated NIFTY', 'NIFTY', () => generatedBars({ symbol: 'NIFTY', days: 40, seed: 3, withVolume: false })],
  ...(real ? [['real NIFTY50', 'NIFTY50', () => barsOfCsv(real, instrumentOf('NIFTY50'))] as const] : []),
]

describe.each(SOURCES)('segment-options on %s', (name, symbol, load) => {
  const bars = load()
  const sessions = sessionClockOf(instrumentOf(symbol))
  const PARAMETERS = { stop_loss: 5 }

  function replay(restartAt: (index: number) => boolean): (Proposal | undefined)[] {
    let strategy = openRun(segmentOptions, instrumentOf(symbol), PARAMETERS)
    const account = new OneOptionAccount()
    return bars.map((bar, index) => {
      if (restartAt(index)) {
        const snapshot = JSON.parse(JSON.stringify(strategy.snapshot())) as unknown
        strategy = openRun(segmentOptions, instrumentOf(symbol), PARAMETERS, { snapshot })
      }
      const session = sessions.sessionAt(bar.time)
      account.meet(bar, session)
      const proposal = strategy.onBar(bar, session, account.view)
      account.take(proposal)
      return proposal
    })
  }
  const told = replay(() => false)

  it('trades both ways, and never holds a position overnight', () => {
    const kinds = told.map((proposal) => (proposal?.kind === 'trade' ? proposal.command.kind : proposal?.kind))
    const count = (kind: string) => kinds.filter((one) => one === kind).length
    console.log(
      `${name}: ${bars.length} bars, ${count('buy-call')} calls, ${count('buy-put')} puts, ${count('exit')} exits, ${count('hold')} held back`,
    )
    expect(count('buy-call')).toBeGreaterThan(0)
    expect(count('buy-put')).toBeGreaterThan(0)
    expect(count('stop-loss')).toBe(count('buy-call') + count('buy-put') - unprotected())

    /** Positions that ended at the bar they were opened at. */
    function unprotected(): number {
      const acts = kinds.filter((kind) => kind !== undefined && kind !== 'hold')
      return acts.filter((kind, index) => kind === 'exit' && acts[index - 1]?.startsWith('buy-')).length
    }
  })

  it('goes on after a restart at any bar as if there had been none', () => {
    expect(replay(() => true)).toEqual(told)
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 997 }), (every) => {
        expect(replay((index) => index % every === 0)).toEqual(told)
      }),
      { numRuns: 5 },
    )
  })
})
