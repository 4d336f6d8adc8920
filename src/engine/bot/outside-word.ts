import type { Reason } from '../../domain/decision/decision.ts'
import type { GroupOf } from '../../domain/risk/correlation-groups.ts'
import type { Uses } from '../../domain/risk/portfolio/exposure.ts'
import type { PortfolioShare } from '../../domain/risk/portfolio/portfolio-share.ts'
import type { EpochMs } from '../../domain/units/units.ts'

/** What a bot has been told of its user's other accounts, and what it has asked for. */
export type PortfolioDesk = {
  readonly groupOf: GroupOf
  /** The last word of the launcher, however old. */
  share: PortfolioShare | undefined
  /** What it wanted to use and could not, and when (wall time). */
  wants: Readonly<{ uses: Uses; at: EpochMs }> | undefined
}

/** Where a bot learns what is decided outside of it. */
export type OutsideWord = Readonly<{
  /** Why the kill switch forbids entries; undefined: it does not. */
  killed: () => Reason | undefined
  portfolio: PortfolioDesk
}>

export function openPortfolioDesk(groupOf: GroupOf): PortfolioDesk {
  return { groupOf, share: undefined, wants: undefined }
}
