import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { VaultStatus } from '../../src/contracts/launcher/vault.ts'
import { ConfirmDialog } from '../account/confirm-dialog.tsx'
import { Facts } from '../account/facts.tsx'
import { describeFailure } from '../launcher/describe-failure.ts'
import { Icon, type IconName } from '../page/icon.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { QueryStates } from '../page/query-states.tsx'
import { ChangeVault } from './change-vault.tsx'
import { KeptCredentials } from './kept-credentials.tsx'
import { MakeVault } from './make-vault.tsx'
import { UnlockVault } from './unlock-vault.tsx'
import { useVault, useVaultAction } from './use-vault.ts'

const AUTO_LOCK = [
  ...[
    { value: '0', label: 'Never' },
    { value: '15', label: 'After 15 minutes without use' },
    { value: '60', label: 'After an hour without use' },
    { value: '480', label: 'After 8 hours without use' },
  ],
]

/** Where brokers' credentials are kept: its state, and everything one can do with it. */
export function VaultPanel() {
  const vault = useVault()
  return (
    <section className="panel" aria-labelledby="vault">
      <h3 id="vault" className="panelTitle">
        Vault
      </h3>
      <Stack p="sm" gap="md">
        <Text size="sm" c="dimmed">
          What your brokers gave you to get in is kept here, sealed. It is shown to nobody again, and goes to a bot only
          when it is started.
        </Text>
        <QueryStates query={vault} what="the vault">
          {(status) => (
            <>
              <State status={status} />
              <Possible status={status} />
            </>
          )}
        </QueryStates>
      </Stack>
    </section>
  )
}

function State({ status }: { status: VaultStatus }) {
  const { word, icon } = stateOf(status)
  return (
    <Group gap="xs" role="status">
      <Icon name={icon} size={16} />
      <Text size="sm" fw={600}>
        {word}
      </Text>
    </Group>
  )
}

function stateOf({ state, opensItself, problem }: VaultStatus): { word: string; icon: IconName } {
  if (problem) return { word: 'It can not be used', icon: 'crashed' }
  switch (state) {
    case 'absent':
      return { word: 'There is no vault yet', icon: 'warning' }
    case 'unlocked':
      return { word: 'Open', icon: 'online' }
    case 'locked':
      return opensItself
        ? { word: 'Closed; it opens by itself when a bot needs it', icon: 'online' }
        : { word: 'Locked', icon: 'blocked' }
  }
}

/** What one can do in this state. */
function Possible({ status }: { status: VaultStatus }) {
  if (status.problem)
    return (
      <>
        <NoticePanel title="The vault can't be used." why={status.problem} />
        <BeginAnew />
      </>
    )
  if (status.state === 'absent') return <MakeVault />
  const isShut = status.state === 'locked' && !status.opensItself
  return (
    <>
      <Facts
        rows={[
          ['Its key', status.store ?? ''],
          ['File', status.file],
        ]}
      />
      {isShut ? <UnlockVault status={status} /> : <WhileOpen status={status} />}
      {isShut && <BeginAnew />}
    </>
  )
}

function WhileOpen({ status }: { status: VaultStatus }) {
  const [isChanging, setChanging] = useState(false)
  const lock = useVaultAction<void>((client) => client.vault.lock())
  const autoLock = useVaultAction((client, minutes: number) => client.vault.autoLock({ minutes }))
  const error = lock.error ?? autoLock.error
  return (
    <>
      <KeptCredentials status={status} />
      {error && <NoticePanel title="The vault did not do it." why={describeFailure(error)} />}
      <NativeSelect
        label="Lock it by itself"
        description="While it is locked, a bot that crashed waits until somebody opens the vault."
        data={withOther(status.autoLockMinutes)}
        value={String(status.autoLockMinutes)}
        onChange={(event) => autoLock.mutate(Number(event.currentTarget.value))}
        maw={420}
      />
      {isChanging ? (
        <ChangeVault status={status} onDone={() => setChanging(false)} />
      ) : (
        <Group gap="xs">
          <Button size="compact-sm" variant="default" loading={lock.isPending} onClick={() => lock.mutate()}>
            Lock it now
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setChanging(true)}>
            {status.protection === 'passphrase' ? 'Change the passphrase' : 'Change what opens it'}
          </Button>
        </Group>
      )}
    </>
  )
}

/** The choices, with the one that was made on the command line. */
function withOther(minutes: number): typeof AUTO_LOCK {
  const value = String(minutes)
  if (AUTO_LOCK.some((one) => one.value === value)) return AUTO_LOCK
  return [...AUTO_LOCK, { value, label: `After ${minutes} minutes without use` }]
}

/** For a passphrase that is forgotten, or a file that is damaged. */
function BeginAnew() {
  const [step, setStep] = useState<'offer' | 'ask' | 'make'>('offer')
  if (step === 'make') return <MakeVault replace />
  return (
    <>
      <Group>
        <Button size="compact-sm" variant="subtle" color="red" onClick={() => setStep('ask')}>
          It can&apos;t be opened any more …
        </Button>
      </Group>
      {step === 'ask' && (
        <ConfirmDialog
          title="Begin a new vault?"
          typed="replace"
          action="Go on"
          color="red"
          onConfirm={() => setStep('make')}
          onClose={() => setStep('offer')}
        >
          You enter the credentials of every account again. The old file is kept in the quarantine folder, in case its
          passphrase comes back to you.
        </ConfirmDialog>
      )}
    </>
  )
}
