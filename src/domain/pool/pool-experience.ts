export type PoolKind = 'signal' | 'exit'
export const EXIT_WORDS = ['stop', 'target', 'time', 'signal', 'other'] as const
export type ExitWord = (typeof EXIT_WORDS)[number]

/** One closed trade that counts, as the pool takes it in. */
export type PoolExperience = Readonly<{
  kind: PoolKind
  /** Who gave it: a licence id, `user:…`, or `seed:…` for what Slipway brought with it. */
  contributor: string
  /** 0..1, by who vouches for it. */
  weight: number
  symbol: string
  symbolClass: string
  side: 'buy' | 'sell'
  strategy: string
  features: Readonly<Record<string, number>>
  /** Result in R. */
  r: number
  /** Best and worst excursion, in R; where they are known. */
  mfe: number | undefined
  mae: number | undefined
  exit: ExitWord
}>

export type PoolQuestion = Readonly<{
  kind: PoolKind
  symbolClass: string
  side: 'buy' | 'sell'
  /** Left out, it is the one whose features are named most alike. */
  strategy?: string | undefined
  features: Readonly<Record<string, number>>
}>

export const SEED_PREFIX = 'seed:'
export const USER_PREFIX = 'user:'

export function isSeed(contributor: string): boolean {
  return contributor.startsWith(SEED_PREFIX)
}
