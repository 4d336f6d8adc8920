import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { PageProps } from '../place/page-props.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { PageTitle } from '../page/page-title.tsx'
import { QueryStates } from '../page/query-states.tsx'
import { goTo } from '../place/use-place.ts'
import type { Credentials } from './credentials-step.tsx'
import { EMPTY_DRAFT, twinOf, type Draft } from './draft.ts'
import { ImportAccounts } from './import-accounts.tsx'
import { forgetForm } from './kept-form.ts'
import { NewAccount } from './new-account.tsx'
import { addAccount } from './save-account.ts'
import { useFormFacts } from './use-form-facts.ts'
import './wizard.css'

/** Adding an account, from nothing or like another one. */
export function AddPage({ place }: PageProps<'add'>) {
  const { client } = useLauncher()
  const queries = useQueryClient()
  const facts = useFormFacts()
  const like = place.from ?? ''
  const add = useMutation({
    mutationFn: (wanted: { draft: Draft; credentials: Credentials }) =>
      addAccount(client, wanted.draft, wanted.credentials),
    async onSuccess(_done, { draft }) {
      forgetForm(window.sessionStorage, like)
      await queries.invalidateQueries({ queryKey: ['account-form'] })
      goTo({ page: 'account', accountId: draft.accountId, tab: undefined }, { replace: true })
    },
    gcTime: 0,
  })
  return (
    <div className="plainPage">
      <PageTitle
        title={place.from === undefined ? 'Add an account' : `Add an account like ${place.from}`}
        actions={place.from === undefined ? <ImportAccounts /> : undefined}
      >
        One bot trades it, in a process of its own. No account is made before the last step.
      </PageTitle>
      <QueryStates query={facts} what="what can be traded">
        {({ strategies, series, accounts }) => {
          const twin = accounts.find((one) => 'settings' in one && one.settings.accountId === place.from)
          const taken = accounts.map((one) => ('settings' in one ? one.settings.accountId : one.accountId))
          const start = twin && 'settings' in twin ? twinOf(twin.settings, taken) : EMPTY_DRAFT
          return (
            <NewAccount
              key={like}
              start={start}
              like={like}
              facts={{ strategies, series, taken }}
              isBusy={add.isPending}
              failure={add.error ? describeFailure(add.error) : undefined}
              onSubmit={(draft, credentials) => add.mutate({ draft, credentials })}
              onCancel={() => goTo({ page: 'accounts' })}
            />
          )
        }}
      </QueryStates>
    </div>
  )
}
