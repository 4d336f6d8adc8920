import { z } from 'zod'
import { Side } from '../cloud/words.ts'
import { api, Iso } from './procedure.ts'

/** A signal that came from the cloud, or went to it from here. */
export const HeardSignal = z.object({
  /** Rises while the launcher runs. */
  id: z.int(),
  at: Iso,
  /** Class of the market: no symbol is told. */
  symbolClass: z.string(),
  side: Side,
  strategy: z.string(),
  /** 0..1 */
  confidence: z.number(),
  /** What it was found on; null where its sender did not say. */
  source: z.enum(['live', 'paper', 'synthetic']).nullable(),
  /** The account of this computer that shared it; null: somebody else's, and nobody can tell whose. */
  accountId: z.string().nullable(),
})
export type HeardSignal = z.output<typeof HeardSignal>

/** An account that is set to share its signals, and whether it can. */
export const SharingAccount = z.object({
  accountId: z.string(),
  /**
   * `shares`: it does. `replay`: history told again is no news. `own-strategy`: a user's own is told to no team.
   * `no-lease`: a team's cloud takes signals from holders of a licence.
   */
  state: z.enum(['shares', 'replay', 'own-strategy', 'no-lease']),
  /** Signals shared since the launcher has started. */
  shared: z.int(),
  lastSharedAt: Iso.nullable(),
  /** Why the last one was not shared; null once one is. It is not sent again: it is no news any more. */
  problem: z.object({ message: z.string(), nextStep: z.string() }).nullable(),
})
export type SharingAccount = z.output<typeof SharingAccount>

export const SignalsState = z.object({
  cloud: z.enum(['local', 'team', 'none']),
  /**
   * `none`: nobody listens, since there is no cloud or no account yet. `connecting`: tried until it is there.
   * `no-lease`: a team's cloud tells signals to holders of a licence, and no live account here has a lease.
   */
  listening: z.enum(['hearing', 'connecting', 'no-lease', 'none']),
  /** What came before is not known here. */
  since: Iso,
  /** Newest first. */
  signals: z.array(HeardSignal),
  /** Every account that is set to share. */
  sharing: z.array(SharingAccount),
})
export type SignalsState = z.output<typeof SignalsState>

export const signalsProcedure = api
  .route({
    method: 'GET',
    path: '/cloud/signals',
    summary: 'Signals heard from the cloud, and what is shared from here',
  })
  .output(SignalsState)
