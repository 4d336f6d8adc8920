import type { OutboxRow } from '../../src/adapters/outbox/contribution.ts'
import type { Experience, ExperienceKind } from '../../src/domain/experience/experience.ts'

export const EXPERIENCE_USER = '0123456789ab'

/** A row of an outbox as a bot writes it; `at` makes it another trade. */
export function experienceRow(
  some: Readonly<{
    at: number
    r?: number
    userId?: string
    kind?: ExperienceKind
    own?: boolean
    source?: Experience['source']
  }>,
): OutboxRow {
  const { at, r = 0.5, userId = EXPERIENCE_USER, kind = 'signal', own = false, source = 'paper' } = some
  const experience: Experience = {
    userId,
    kind,
    symbol: 'ES',
    side: at % 2 === 0 ? 'buy' : 'sell',
    features: { rsi: (at % 200) / 2, sigmaPerAtr: 1.2 },
    outcome: { r, mfe: 1, mae: -0.2, exit: 'target', bars: 7 },
    source,
    timeframe: '1m',
    strategy: own ? 'my-edge' : 'vwap-bounce',
    day: '2026-11-20',
    own,
  }
  return { seq: at, kind, key: `acc/T-${at}`, payload: JSON.stringify(experience) }
}
