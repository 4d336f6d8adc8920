import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { LockReport } from '../../src/contracts/launcher/locks.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { useLockVersion } from '../live/topics.ts'
import { useReadOnNews } from '../live/use-read-again.ts'
import { Icon, type IconName } from '../page/icon.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { useTimes } from '../preferences/use-times.ts'
import { Facts } from './facts.tsx'
import { Reading } from './record-table.tsx'

/** A verdict in a word; the sentence beside it says the rest. */
const VERDICTS: Readonly<Record<LockReport['verdict'], { word: string; icon: IconName }>> = {
  free: { word: 'Free', icon: 'online' },
  alive: { word: 'Held by a running bot', icon: 'trading' },
  gone: { word: 'Free; its last holder died', icon: 'crashed' },
  'pid-reused': { word: 'Free; its last holder died', icon: 'crashed' },
  'other-boot': { word: 'Free; its last holder ran before a restart of this computer', icon: 'crashed' },
  'other-host': { word: 'Taken on another computer', icon: 'blocked' },
  zombie: { word: 'Free; its last holder has just ended', icon: 'waiting' },
  unresponsive: { word: 'Held by a bot that does not answer', icon: 'blind' },
  unknown: { word: 'Perhaps held; it can not be told', icon: 'blind' },
}

/** Who holds an account, since when, what that means, and what a person could do about it. */
export function LockPanel({ account }: { account: AccountStatus }) {
  const { client } = useLauncher()
  const { accountId } = account
  const { data, error, refetch } = useQuery({
    queryKey: ['lock', accountId],
    queryFn: ({ signal }) => client.locks.show({ id: accountId }, { signal }),
  })
  useReadOnNews(useLockVersion(accountId), refetch)
  return (
    <section className="panel" aria-label="Lock">
      {error && (
        <NoticePanel title="The lock can't be shown" why={describeFailure(error)} onRetry={() => void refetch()} />
      )}
      {data ? <Report report={data} symbol={account.symbol} /> : !error && <Reading what="the lock" />}
    </section>
  )
}

function Report({ report, symbol }: { report: LockReport; symbol: string }) {
  const times = useTimes(symbol)
  const { verdict, text, takeover, held, record, recordFile, guardFile } = report
  const { word, icon } = VERDICTS[verdict]
  return (
    <div className="records about" tabIndex={0} role="region" aria-label="Who holds the account">
      <h3 className="verdict" data-held={held}>
        <Icon name={icon} size={18} /> {word}
      </h3>
      <Text size="sm">{text}</Text>
      <h3 className="partTitle">If you want to trade it all the same</h3>
      <Text size="sm">{takeover}</Text>
      {record && (
        <>
          <h3 className="partTitle">What the holder wrote down</h3>
          <Facts
            rows={[
              ['Process', String(record.pid)],
              ['Since', record.startedAt ? `${times.second(record.startedAt)} ${times.zoneName}` : 'unknown'],
              ['Mode', record.mode ?? 'unknown'],
              ['Version', record.appVersion],
              ['Generation', String(record.generation)],
              ['Instance', record.instanceId],
              ['Program', record.program],
            ]}
          />
        </>
      )}
      <h3 className="partTitle">Files</h3>
      <Facts
        rows={[
          ['Lock record', recordFile],
          ['Guard', guardFile],
        ]}
      />
      <Text size="xs" c="dimmed">
        The guard decides, the record only explains it. Read again whenever the launcher sees a change.
      </Text>
    </div>
  )
}
