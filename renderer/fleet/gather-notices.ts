import type { Notice } from '../../src/contracts/launcher/live.ts'

/** One message about one account or about many. */
export type GatheredNotice = Readonly<{
  tone: 'refused' | 'warning'
  title: string
  message: string
  /** Ids of those that wait for a person to start them. */
  crashed: readonly string[]
}>

/** What is popped up, about one and about many; the rest is seen where it belongs. */
const WORDS: Partial<Record<Notice['code'], readonly [one: string, many: string]>> = {
  crashed: ['crashed', 'crashed'],
  'backing-off': ['crashed and starts again', 'crashed and start again'],
  blind: ['is blind', 'are blind'],
  'loss-limit': ['has reached its loss limit', 'have reached their loss limits'],
}
/** More of one kind than this are told in one message. */
const MOST_APART = 2
const MOST_NAMED = 6

/** Messages for notices that came together, so that a feed that fails does not cover the page with fifty of them. */
export function gatherNotices(notices: readonly Notice[]): readonly GatheredNotice[] {
  return [...Map.groupBy(notices, ({ code }) => code)].flatMap(([code, some]): GatheredNotice[] => {
    const words = WORDS[code]
    if (!words) return []
    // What comes back by itself need not be closed by hand.
    const tone = code === 'crashed' ? 'refused' : 'warning'
    const ids = [...new Set(some.map(({ accountId }) => accountId))]
    const crashed = code === 'crashed' ? ids : []
    if (ids.length > MOST_APART)
      return [{ tone, title: `${ids.length} accounts ${words[1]}`, message: `${namesOf(ids)}.`, crashed }]
    return some.map(({ accountId, text }) => ({
      ...{ tone, title: `${accountId} ${words[0]}`, message: text },
      crashed: code === 'crashed' ? [accountId] : [],
    }))
  })
}

function namesOf(ids: readonly string[]): string {
  const named = ids.slice(0, MOST_NAMED).join(', ')
  return ids.length > MOST_NAMED ? `${named} and ${ids.length - MOST_NAMED} more` : named
}
