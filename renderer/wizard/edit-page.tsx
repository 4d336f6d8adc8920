import { Anchor, Button, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { tell } from '../fleet/tell.tsx'
import type { PageProps } from '../place/page-props.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { PageTitle } from '../page/page-title.tsx'
import { QueryStates } from '../page/query-states.tsx'
import { hashOf } from '../place/place.ts'
import { goTo } from '../place/use-place.ts'
import { AccountForm } from './account-form.tsx'
import type { Credentials } from './credentials-step.tsx'
import { draftOf, type Draft } from './draft.ts'
import { ExportAccounts } from './export-accounts.tsx'
import { RemoveAccount } from './remove-account.tsx'
import { changeAccount } from './save-account.ts'
import { useFormFacts } from './use-form-facts.ts'
import './wizard.css'

/** Changing, copying and removing an account. */
export function EditPage({ place: { accountId } }: PageProps<'edit'>) {
  const { client } = useLauncher()
  const queries = useQueryClient()
  const facts = useFormFacts()
  const change = useMutation({
    mutationFn: (wanted: { before: Draft; draft: Draft; credentials: Credentials }) =>
      changeAccount(client, wanted.before, wanted.draft, wanted.credentials),
    async onSuccess({ appliesAtNextStart }) {
      await queries.invalidateQueries({ queryKey: ['account-form'] })
      tell({
        tone: 'news',
        title: `${accountId}: the changes are kept`,
        message: appliesAtNextStart
          ? 'A bot that runs uses them from its next start on.'
          : 'Nothing has to be started again for them.',
      })
      goTo({ page: 'account', accountId, tab: undefined }, { replace: true })
    },
    gcTime: 0,
  })
  return (
    <div className="plainPage">
      <PageTitle
        title={`Settings of ${accountId}`}
        actions={
          <>
            <Button size="compact-sm" variant="default" component="a" href={hashOf({ page: 'add', from: accountId })}>
              Add one like it
            </Button>
            <ExportAccounts ids={[accountId]} />
            <RemoveAccount accountId={accountId} />
          </>
        }
      >
        Changes apply at the next start of its bot, unless a setting says otherwise.
      </PageTitle>
      <QueryStates query={facts} what="the settings">
        {({ strategies, series, accounts }) => {
          const found = accounts.find(
            (one) => ('settings' in one ? one.settings.accountId : one.accountId) === accountId,
          )
          if (!found)
            return (
              <Text c="dimmed">
                There is no account {accountId}. <Anchor href="#/accounts">See all accounts</Anchor>
              </Text>
            )
          if (!('settings' in found)) return <NoticePanel title="Its settings can't be read." why={found.corrupt} />
          const before = draftOf(found.settings)
          return (
            <AccountForm
              key={accountId}
              start={before}
              before={before}
              facts={{ strategies, series, taken: [] }}
              submitLabel="Keep the changes"
              isBusy={change.isPending}
              failure={change.error ? describeFailure(change.error) : undefined}
              onSubmit={(draft, credentials) => change.mutate({ before, draft, credentials })}
              onCancel={() => goTo({ page: 'account', accountId, tab: undefined })}
            />
          )
        }}
      </QueryStates>
    </div>
  )
}
