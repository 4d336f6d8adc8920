import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { BulkDialog } from './bulk-dialog.tsx'
import { BULK_WORDS, bulkRows, bulkSummary, type BulkRow, type BulkVerb } from './bulk-outcomes.ts'
import { bulkQuestion } from './bulk-question.ts'
import { BulkResults } from './bulk-results.tsx'
import { describeRefusedAction } from './describe-outcome.ts'
import { useFleet } from './fleet-context.tsx'
import { tell } from './tell.tsx'

/** Something to be done to accounts: those named, or all. */
export type BulkRequest = Readonly<{ verb: BulkVerb; ids: readonly string[] | 'all' }>

type Bulk = Readonly<{
  /** Does it, after asking where that is called for. What became of each account is shown when it is done. */
  ask: (request: BulkRequest) => void
  /** What is under way. */
  busy: BulkRequest | undefined
}>

const BulkContext = createContext<Bulk | undefined>(undefined)

/** Longer than the launcher waits for a bot that does not end. */
const TIMEOUT_MS = 180_000

/** Actions on many accounts, from anywhere on the page; Ctrl/Cmd and the full stop ask to stop them all. */
export function BulkProvider({ children }: { children: ReactNode }) {
  const { client } = useLauncher()
  const { accounts, connection } = useFleet()
  const isOnline = connection.kind === 'online'
  const [asked, setAsked] = useState<BulkRequest>()
  const [shown, setShown] = useState<Readonly<{ verb: BulkVerb; rows: readonly BulkRow[] }>>()
  const { mutate, isPending, variables } = useMutation({
    mutationFn: ({ request, reason }: { request: BulkRequest; reason: string }) => perform(client, request, reason),
    onSuccess(rows, { request: { verb } }) {
      if (rows.some(({ isDone }) => !isDone) || verb === 'kill') setShown({ verb, rows })
      else if (rows.length > 0) done(verb, rows)
    },
    onError: (error, { request: { verb, ids } }) =>
      tell(
        describeRefusedAction(
          BULK_WORDS[verb],
          ids === 'all' ? 'All accounts' : ids.join(', '),
          describeFailure(error),
        ),
      ),
  })
  const busy = isPending ? variables.request : undefined

  // Figures change all the time, and what can be asked does not change with them.
  const latest = useRef(accounts)
  useEffect(() => {
    latest.current = accounts
  }, [accounts])
  const ask = useCallback(
    (request: BulkRequest) => {
      if (questionOf(request, latest.current)) setAsked(request)
      else mutate({ request, reason: '' })
    },
    [mutate],
  )
  useStopAllKey(() => setAsked({ verb: 'stop', ids: 'all' }))

  const bulk = useMemo(() => ({ ask, busy }), [ask, busy])
  const dialog = asked && questionOf(asked, accounts)
  return (
    <BulkContext value={bulk}>
      {children}
      <BulkDialog
        question={dialog}
        isOnline={isOnline}
        onCancel={() => setAsked(undefined)}
        onConfirm={(reason) => {
          setAsked(undefined)
          mutate({ request: asked!, reason })
        }}
        onFlattenAll={
          asked?.verb === 'stop' && asked.ids === 'all' ? () => setAsked({ verb: 'kill', ids: 'all' }) : undefined
        }
      />
      <BulkResults shown={shown} onClose={() => setShown(undefined)} />
    </BulkContext>
  )

  function done(verb: BulkVerb, rows: readonly BulkRow[]): void {
    notifications.show({
      title: BULK_WORDS[verb],
      message: bulkSummary(rows),
      color: 'teal',
      autoClose: 5_000,
      closeButtonProps: { 'aria-label': 'Close this message' },
    })
  }
}

export function useBulk(): Bulk {
  const bulk = useContext(BulkContext)
  if (!bulk) throw new Error('useBulk needs a BulkProvider above it')
  return bulk
}

function questionOf({ verb, ids }: BulkRequest, accounts: readonly AccountStatus[] | undefined) {
  const chosen = accounts?.filter(({ accountId }) => ids === 'all' || ids.includes(accountId)) ?? []
  return bulkQuestion(verb, chosen, ids === 'all')
}

async function perform(
  client: LauncherClient,
  { verb, ids }: BulkRequest,
  reason: string,
): Promise<readonly BulkRow[]> {
  const context = { timeoutMs: TIMEOUT_MS }
  const chosen = ids === 'all' ? { all: true } : { ids: [...ids] }
  if (verb === 'kill') return bulkRows(await client.killSwitch.engage({ ...chosen, reason }, { context }))
  return bulkRows(await client.bots[verb](chosen, { context }))
}

/** Works while somebody types too: it is no letter, and whoever presses it is in a hurry. */
function useStopAllKey(onKey: () => void): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.key !== '.' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.repeat)
        return
      event.preventDefault()
      onKey()
    }
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  })
}
