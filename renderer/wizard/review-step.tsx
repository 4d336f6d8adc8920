import { List, Stack, Text } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { AccountSettings } from '../../src/contracts/account-settings.ts'
import { requestOf } from '../../src/contracts/account-request.ts'
import { settingWords } from '../format/sentence.ts'
import { FactTable, type FactRow } from '../page/fact-table.tsx'
import { QueryStates } from '../page/query-states.tsx'
import type { Draft } from './draft.ts'
import { LiveQuestion } from './live-question.tsx'

/** What the launcher said of the draft. */
export type Judged = Readonly<{ settings: AccountSettings; changed: readonly string[] | undefined; readopted: boolean }>

type ReviewStepProps = Readonly<{
  draft: Draft
  judged: UseQueryResult<Judged>
  /** Asked where the account was not live before. */
  asksForLive: boolean
  typed: string
  onType: (typed: string) => void
}>

/** What will be registered or changed, as the launcher judged it, before it is done. */
export function ReviewStep({ draft, judged, asksForLive, typed, onType }: ReviewStepProps) {
  return (
    <Stack gap="md">
      <QueryStates query={judged} what="what the launcher says of it">
        {({ settings, changed, readopted }) => (
          <>
            {readopted && (
              <Text size="sm" c="var(--warn)">
                The folder of a removed account of this id is still there; its trades and logs are taken up again.
              </Text>
            )}
            {changed === undefined ? <NewSettings settings={settings} /> : <Changes changed={changed} />}
          </>
        )}
      </QueryStates>
      {asksForLive && <LiveQuestion draft={draft} typed={typed} onType={onType} />}
    </Stack>
  )
}

function Changes({ changed }: { changed: readonly string[] }) {
  if (changed.length === 0) return <Text size="sm">Nothing is different from what is set now.</Text>
  return (
    <section aria-labelledby="changes">
      <h3 id="changes" className="panelTitle" style={{ padding: 0 }}>
        What changes
      </h3>
      <List size="sm" mt={6}>
        {changed.map((change) => (
          <List.Item key={change}>{changeText(change)}</List.Item>
        ))}
      </List>
      <Text size="sm" c="dimmed" mt="xs">
        A bot that runs keeps what it started with until it is restarted.
      </Text>
    </section>
  )
}

/** `risk.maxTradesPerDay: 50 → 7` in words. */
function changeText(change: string): string {
  const [, name, rest] = /^([\w.]+)(: .*)$/s.exec(change) ?? []
  return name === undefined ? change : settingWords(name) + rest
}

/** `risk.maxTradesPerDay=7` in words. */
function settingText(pair: string): string {
  const at = pair.indexOf('=')
  return `${settingWords(pair.slice(0, at))}: ${pair.slice(at + 1)}`
}

function NewSettings({ settings }: { settings: AccountSettings }) {
  const { set, ...plain } = requestOf(settings)
  const worth = set.filter((pair) => !/=(0|none|no)$/.test(pair))
  const rows: readonly FactRow[] = [
    ['Account', plain.accountId],
    ['User', `${plain.user} (${settings.userId})`],
    ['Broker', plain.broker],
    ['Money', plain.mode === 'live' ? 'LIVE, real money' : 'Paper'],
    ['Symbol', plain.symbol],
    ['Bars', `${plain.timeframe}, ${plain.feed}`],
    ['Strategy', plain.strategy],
    [
      'Settings',
      <Text key="settings" size="sm" style={{ columns: '220px 3' }} component="div">
        {worth.map((pair) => (
          <div key={pair} title={pair}>
            {settingText(pair)}
          </div>
        ))}
      </Text>,
    ],
  ]
  return (
    <div style={{ maxWidth: 760 }}>
      <FactTable rows={rows} verticalSpacing={4} />
    </div>
  )
}
