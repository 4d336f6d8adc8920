import { Anchor, MultiSelect, Text } from '@mantine/core'
import { useMemo } from 'react'
import { MOST_LOGS } from '../../src/contracts/live-topic.ts'
import { useFleet } from '../fleet/fleet-context.tsx'
import type { PageProps } from '../place/page-props.ts'
import { PageTitle } from '../page/page-title.tsx'
import { goTo } from '../place/use-place.ts'
import { accountColors } from './account-colors.ts'
import { LogViewer } from './log-viewer.tsx'
import './logs.css'

/** The logs of several accounts as one, by time; the address says whose. */
export function LogsPage({ place }: PageProps<'logs'>) {
  const { accounts } = useFleet()
  const allIds = accounts?.map(({ accountId }) => accountId).join('\n')
  const known = useMemo(() => (allIds ? allIds.split('\n').toSorted() : []), [allIds])
  const colors = useMemo(() => accountColors(known), [known])
  const asked = place.accountIds.join('\n')
  const shown = useMemo(() => {
    const wanted = asked === '' ? known : known.filter((id) => asked.split('\n').includes(id))
    return wanted.slice(0, MOST_LOGS)
  }, [asked, known])
  if (!accounts) return null
  return (
    <div className="logsPage">
      <PageTitle
        title="Logs"
        actions={
          known.length > 1 && (
            <MultiSelect
              size="xs"
              w={340}
              aria-label="Whose logs"
              placeholder={asked === '' ? `All ${known.length} accounts` : undefined}
              data={known}
              value={asked === '' ? [] : [...shown]}
              searchable
              clearable
              maxDropdownHeight={320}
              onChange={(accountIds) => goTo({ page: 'logs', accountIds }, { replace: true })}
            />
          )
        }
      >
        {known.length > MOST_LOGS && asked === ''
          ? `The first ${MOST_LOGS} of your accounts as one log, by time. Choose others at the right.`
          : 'The logs of your accounts as one, by time.'}
      </PageTitle>
      {shown.length === 0 ? (
        <Text p="md" c="dimmed">
          {known.length === 0
            ? 'There are no accounts yet, and so no logs. '
            : 'None of these accounts is there any more. '}
          <Anchor href={known.length === 0 ? '#/add' : '#/logs'}>
            {known.length === 0 ? 'Add an account' : 'Show the logs of all'}
          </Anchor>
        </Text>
      ) : (
        <LogViewer
          key={shown.join('\n')}
          what={shown.length === 1 ? `the log of ${shown[0]}` : 'the logs of these accounts'}
          accountIds={shown}
          colors={shown.length === 1 ? undefined : colors}
        />
      )}
    </div>
  )
}
