import type { HeldState } from '../../adapters/state-db/open-state.ts'

/** State that can be told to take in nothing more: no order is sent that it has not written, so no more is sent. */
export type HaltableState = HeldState & Readonly<{ halt(cause: unknown): void }>

/**
 * Puts a switch between a bot and its state, for the moment in which nobody knows any more what its memory is worth.
 *
 * @returns the same state, whose writes throw the cause once it was halted; what is there can still be read
 */
export function haltable(state: HeldState): HaltableState {
  let halted: { cause: unknown } | undefined
  /** Whatever commits: what is written inside of `transact` needs nothing more. */
  function unlessHalted<A extends unknown[], T>(write: (...given: A) => T): (...given: A) => T {
    return (...given) => {
      if (halted) throw halted.cause
      return write(...given)
    }
  }
  return {
    ...state,
    transact: <T>(work: () => T) => unlessHalted(state.transact<T>)(work),
    markSent: unlessHalted(state.markSent),
    moveOrder: unlessHalted(state.moveOrder),
    insertOrderedCall: unlessHalted(state.insertOrderedCall),
    halt: (cause) => void (halted ??= { cause }),
  }
}
