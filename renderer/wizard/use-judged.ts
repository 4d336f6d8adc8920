import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { changesOf, newAccountOf, type Draft } from './draft.ts'
import type { Judged } from './review-step.tsx'

/** What the launcher says of a draft: what would be registered or changed, or why not. Asked anew at every visit. */
export function useJudged(draft: Draft, before: Draft | undefined, isWanted: boolean): UseQueryResult<Judged> {
  const { client } = useLauncher()
  return useQuery({
    queryKey: ['account-check', before ?? null, draft],
    async queryFn({ signal }): Promise<Judged> {
      if (before) {
        const set = changesOf(before, draft)
        const { settings, changed } = await client.accounts.checkEdit({ id: before.accountId, set }, { signal })
        return { settings, changed, readopted: false }
      }
      const { readopted, ...settings } = await client.accounts.check(newAccountOf(draft), { signal })
      return { settings, changed: undefined, readopted }
    },
    enabled: isWanted,
    staleTime: 0,
    gcTime: 0,
  })
}
