import { z } from 'zod'
import type { Draft } from './draft.ts'
import { STEPS, type Step } from './steps.ts'

/** A new account that is half typed, and the step it is at. */
export type KeptForm = Readonly<{ draft: Draft; step: Step }>

const KeptForm = z.object({
  step: z.enum(STEPS),
  draft: z.object({
    ...{ accountId: z.string(), user: z.string(), broker: z.string(), mode: z.enum(['paper', 'live']) },
    ...{ strategy: z.string(), symbol: z.string(), timeframe: z.string(), feed: z.string() },
    values: z.record(z.string(), z.string()),
  }),
})

const nameOf = (key: string) => `slipway.new-account.${key}`

/**
 * What was typed before the window was loaded anew; undefined where nothing was. What is no longer understood counts as
 * never kept.
 *
 * @param key whose twin is added, '' for none
 */
export function readKeptForm(storage: Storage, key: string): KeptForm | undefined {
  try {
    const kept = storage.getItem(nameOf(key))
    return kept === null ? undefined : KeptForm.safeParse(JSON.parse(kept)).data
  } catch {
    return undefined
  }
}

/**
 * Keeps what is typed for as long as this window lives, in this window alone. Secrets are no part of a draft; an address
 * that may carry one is left out.
 */
export function keepForm(storage: Storage, key: string, { draft, step }: KeptForm): void {
  const values = Object.fromEntries(
    Object.entries(draft.values).filter(([name, value]) => name !== 'gateway.url' || !/[@?#]/.test(value)),
  )
  try {
    storage.setItem(nameOf(key), JSON.stringify({ draft: { ...draft, values }, step }))
  } catch {
    // A window that stores nothing forgets.
  }
}

/** The step at which a kept form goes on: a gateway's token was not kept, and must not be left out unseen. */
export function resumeAt({ draft, step }: KeptForm): Step {
  const isBehind = STEPS.indexOf(step) > STEPS.indexOf('credentials')
  return draft.broker !== 'sim' && isBehind ? 'credentials' : step
}

export function forgetForm(storage: Storage, key: string): void {
  try {
    storage.removeItem(nameOf(key))
  } catch {
    // Nothing is stored there at all.
  }
}
