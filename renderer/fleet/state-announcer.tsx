import { VisuallyHidden } from '@mantine/core'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { BotStateName } from './bot-looks.ts'
import type { Connection } from './fleet-view.ts'
import { saidStates, sayChanges } from './say-changes.ts'

/** Changes are said together, this long after the first of them, milliseconds. */
const SETTLE_MS = 1_000

/** Says to screen readers what a glance at the colours tells others: changed states, and a lost connection. */
export function StateAnnouncer({
  accounts,
  connection,
}: {
  accounts: readonly AccountStatus[]
  connection: Connection
}) {
  const [text, setText] = useState('')
  const said = useRef<ReadonlyMap<string, BotStateName> | undefined>(undefined)
  const states = accounts.map(({ accountId, state }) => `${accountId} ${state}`).join('\n')

  const say = useEffectEvent(() => {
    const change = said.current ? sayChanges(said.current, accounts) : ''
    said.current = saidStates(said.current ?? new Map(), accounts)
    if (change !== '') setText(change)
  })
  useEffect(() => {
    const timer = setTimeout(say, SETTLE_MS)
    return () => clearTimeout(timer)
  }, [states])

  return (
    <VisuallyHidden role="status" aria-live="polite">
      {connection.kind === 'stale' ? 'The connection to the launcher is lost; trying again.' : text}
    </VisuallyHidden>
  )
}
