import { Text } from '@mantine/core'
import type { CloudServerState, CloudState } from '../../src/contracts/launcher/cloud.ts'
import { FactTable, type FactRow } from '../page/fact-table.tsx'
import { PageTitle } from '../page/page-title.tsx'
import { QueryStates } from '../page/query-states.tsx'
import { useTimes } from '../preferences/use-times.ts'
import { CloudAccounts } from './cloud-accounts.tsx'
import { LicencePanel } from './licence-panel.tsx'
import { ParkedContributions } from './parked-contributions.tsx'
import { ServerPanel } from './server-panel.tsx'
import { SignalsPanel } from './signals-panel.tsx'
import { useCloud } from './use-cloud.ts'

/** Licence, shared learning and calendar: what trading here owes to others, which is never an exit. */
export function CloudPage() {
  const query = useCloud()
  return (
    <div className="plainPage">
      <PageTitle title="Licence and cloud">
        What lies outside this computer can keep an account from entering. It can never hold up an exit, a stop or a
        cancel.
      </PageTitle>
      <QueryStates query={query} what="the state of licence and cloud">
        {(state) => <State state={state} />}
      </QueryStates>
    </div>
  )
}

function State({ state }: { state: CloudState }) {
  const { accounts, calendarAsOf, deviceId, removed, server, users } = state
  const times = useTimes()
  const waiting = [...accounts, ...removed].reduce((sum, account) => sum + account.waiting, 0)
  const refused = accounts.filter(({ licence }) => licence?.entries === 'refused').length
  const live = accounts.filter(({ mode }) => mode === 'live').length
  const rows: readonly FactRow[] = [
    ['Cloud', serverText(server)],
    ...(server.problem ? [['Trouble', `${server.problem.message} ${server.problem.nextStep}`] as const] : []),
    [
      'Last answer',
      server.lastAnswerAt === null ? 'none yet' : `${times.second(server.lastAnswerAt)} ${times.zoneName}`,
    ],
    ['Licence', licenceText(live, refused)],
    [
      'Shared learning',
      waiting === 0
        ? 'Nothing waits to be contributed.'
        : `${waiting.toLocaleString('en')} closed trades wait to be contributed.`,
    ],
    ['Calendar', `As of ${calendarAsOf}.`],
    ['Device', deviceId ?? 'not known yet'],
  ]
  return (
    <>
      <section className="panel" aria-labelledby="state">
        <h3 id="state" className="panelTitle">
          This computer
        </h3>
        <FactTable rows={rows} />
      </section>
      <section className="panel" aria-labelledby="accounts">
        <h3 id="accounts" className="panelTitle">
          Your accounts
        </h3>
        <CloudAccounts accounts={accounts} />
        {removed.map(
          ({ accountId, problem }) =>
            problem && (
              <Text key={accountId} size="sm" px={12} py="xs">
                {accountId} (removed): {problem.message} {problem.nextStep}
              </Text>
            ),
        )}
      </section>
      <ParkedContributions accounts={accounts} removed={removed} />
      <SignalsPanel accountIds={accounts.map(({ accountId }) => accountId)} />
      <LicencePanel users={users} />
      <ServerPanel key={`${server.kind} ${server.url}`} server={server} />
    </>
  )
}

function serverText({ kind, url, local, circuit, restMs, problem }: CloudServerState): string {
  if (kind === 'none') return 'None is used: every decision counts with neutral confidence, and contributions wait.'
  const name = kind === 'local' ? 'The one on this computer' : (url ?? '')
  const seconds = `${Math.ceil(restMs / 1_000)} s`
  if (local === 'starting') return `${name}, starting${problem ? ' again' : ''}. Trading goes on.`
  if (local === 'resting') return `${name}. It does not run, and is started again in ${seconds}. Trading goes on.`
  if (circuit === 'open') return `${name}, left alone for ${seconds} after failures. Trading goes on.`
  return circuit === 'trying' ? `${name}, tried again with the next question. Trading goes on.` : `${name}.`
}

function licenceText(live: number, refused: number): string {
  if (live === 0) return 'None needed: all accounts trade paper.'
  if (refused === 0) return live === 1 ? 'The live account may enter.' : `All ${live} live accounts may enter.`
  return refused === 1
    ? 'One live account makes no entries; see below.'
    : `${refused} live accounts make no entries; see below.`
}
