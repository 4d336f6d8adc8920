import type { PlanName } from './lease.ts'

/** What a plan gives where a licence says nothing else. */
export type Plan = Readonly<{
  /** Live accounts. */
  accounts: number
  /** Installations. */
  devices: number
  /** Confidence from which a setup is worth trading, 0..1. */
  threshold: number
}>

/** More accounts want more care: the threshold is of the whole book, not of one trade. */
export const PLANS = {
  starter: { accounts: 1, devices: 1, threshold: 0.5 },
  pro: { accounts: 5, devices: 3, threshold: 0.5 },
  team: { accounts: 25, devices: 10, threshold: 0.55 },
} as const satisfies Record<PlanName, Plan>

/** Most that a licence may be given, by anybody. */
export const MOST_ACCOUNTS = 10_000
export const MOST_DEVICES = 10_000
export const MOST_DAYS = 36_500
