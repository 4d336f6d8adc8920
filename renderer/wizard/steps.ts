import type { SeriesRow } from '../../src/contracts/launcher/data.ts'
import type { StrategyRow } from '../../src/contracts/launcher/strategies.ts'
import { isFeedSpec, parseFeed } from '../../src/domain/feed/parse-feed.ts'
import { isAccountId, parseAccountId } from '../../src/domain/account/account-id.ts'
import { whyTaken, type Draft } from './draft.ts'
import { parameterFields, RISK_FIELDS, SIMULATION_FIELDS, whyWrong, type SettingField } from './setting-fields.ts'

export const STEPS = ['broker', 'credentials', 'market', 'risk', 'review'] as const
export type Step = (typeof STEPS)[number]

export const STEP_TITLES: Readonly<Record<Step, string>> = {
  broker: 'Broker',
  credentials: 'Credentials',
  market: 'Market and strategy',
  risk: 'Risk limits',
  review: 'Review',
}

/** What every step is given. */
export type StepProps = Readonly<{
  draft: Draft
  change: (draft: Draft) => void
  /** The account is being added, not changed. */
  isNew: boolean
  strategies: readonly StrategyRow[]
  series: readonly SeriesRow[]
  /** Ids of the accounts there are. */
  taken: readonly string[]
  /** Of the symbol; empty while that is unknown. */
  currency: string
}>

/** What keeps a step from being left, in one sentence; undefined when nothing does. The launcher has the last word. */
export function whyNotDone(
  step: Step,
  draft: Draft,
  { strategies, taken }: Pick<StepProps, 'strategies' | 'taken'>,
): string | undefined {
  switch (step) {
    case 'broker': {
      const id = parseAccountId(draft.accountId)
      if (!isAccountId(id)) return draft.accountId === '' ? 'Give the account an id.' : `${id.message} ${id.nextStep}`
      const held = whyTaken(draft.accountId, taken)
      if (held !== undefined) return held
      if (draft.user.trim() === '') return 'Say which user it belongs to.'
      return undefined
    }
    case 'credentials': {
      const url = draft.values['gateway.url'] ?? ''
      return draft.broker === 'gateway' && (url === '' || url === 'none') ? 'Say where the gateway is.' : undefined
    }
    case 'market': {
      if (draft.symbol.trim() === '') return 'Choose what it trades.'
      const feed = parseFeed(draft.feed)
      if (!isFeedSpec(feed)) return `${feed.message} ${feed.nextStep}`
      const strategy = strategies.find(({ id }) => id === draft.strategy)
      if (!strategy) return 'Choose a strategy.'
      if (strategy.problem) return `${strategy.problem.message} ${strategy.problem.nextStep}`
      return firstWrong(parameterFields(strategy), draft)
    }
    case 'risk':
      return firstWrong([...RISK_FIELDS, ...(draft.broker === 'sim' ? SIMULATION_FIELDS : [])], draft)
    case 'review':
      return undefined
  }
}

function firstWrong(fields: readonly SettingField[], draft: Draft): string | undefined {
  for (const field of fields) {
    const why = whyWrong(field, draft.values[field.key] ?? '')
    if (why !== undefined) return `${field.label}: ${why}`
  }
  return undefined
}
