import type { Session } from '../../domain/calendar/session.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { PositionView, Proposal } from '../../domain/strategy/strategy.ts'
import { lots, type EpochMs } from '../../domain/units/units.ts'

export const FLAT: PositionView = {
  quantity: lots(0),
  avgPx: 0,
  openedAt: undefined,
  entryPending: false,
  tradesToday: 0,
  held: [],
}

type Entry = Extract<Proposal, { kind: 'enter' }>

/**
 * An account as small as it can be, so that a strategy under check sees positions come and go: one lot, entries and exits
 * at the next open, the stop before the target. Commands of the trading service are read and change nothing.
 */
export class PretendAccount {
  #view = FLAT
  #entering: Entry | undefined
  #open: Entry | undefined
  #leaving = false
  #session: EpochMs | undefined

  get view(): PositionView {
    return this.#view
  }

  /** What a bar does to what was asked for before; called before the strategy sees the bar. */
  meet(bar: Bar, session: Session | undefined): void {
    if (session && session.open !== this.#session) {
      this.#session = session.open
      this.#view = { ...this.#view, tradesToday: 0 }
    }
    if (this.#leaving) this.#flatten()
    if (this.#entering) {
      this.#open = this.#entering
      this.#entering = undefined
      this.#view = {
        ...this.#view,
        quantity: lots(this.#open.side === 'buy' ? 1 : -1),
        avgPx: bar.open,
        openedAt: bar.time,
        entryPending: false,
        tradesToday: this.#view.tradesToday + 1,
      }
    }
    if (!this.#open) return
    const { side, stopPx, targetPx } = this.#open
    const isOut = side === 'buy' ? bar.low <= stopPx || bar.high >= targetPx : bar.high >= stopPx || bar.low <= targetPx
    if (isOut) this.#flatten()
  }

  take(proposal: Proposal): void {
    if (proposal.kind === 'enter' && this.#view.quantity === 0 && !this.#entering) {
      this.#entering = proposal
      this.#view = { ...this.#view, entryPending: true }
    }
    if (proposal.kind === 'exit' && this.#view.quantity !== 0) this.#leaving = true
  }

  #flatten(): void {
    this.#leaving = false
    this.#open = undefined
    this.#view = { ...FLAT, tradesToday: this.#view.tradesToday }
  }
}
