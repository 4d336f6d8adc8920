import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import type { NewProtection, VaultStatus } from '../../src/contracts/launcher/vault.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { EMPTY_DRAFT, faultsOf, protectionOf } from './protection.ts'
import { ProtectionFields } from './protection-fields.tsx'
import { useKeychain, useVaultAction } from './use-vault.ts'

type Change = Readonly<{ passphrase: string; protection: NewProtection }>

/** The form for another passphrase, or another place for the vault's key. */
export function ChangeVault({ status, onDone }: { status: VaultStatus; onDone: () => void }) {
  const asks = status.protection === 'passphrase'
  const keychain = useKeychain()
  const [draft, setDraft] = useState({ ...EMPTY_DRAFT, kind: status.protection ?? 'passphrase' })
  const [passphrase, setPassphrase] = useState('')
  const [isTried, setTried] = useState(false)
  const change = useVaultAction((client, { passphrase: now, protection }: Change) =>
    client.vault.change(asks ? { passphrase: now, protection } : { protection }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // Also where this stands in another form, as in the one for a new account.
    event.stopPropagation()
    setTried(true)
    if (Object.keys(faultsOf(draft)).length > 0 || (asks && passphrase === '')) return
    change.mutate({ passphrase, protection: protectionOf(draft) }, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit} noValidate aria-label="Change what opens the vault">
      <Stack gap="sm">
        {asks && (
          <PasswordInput
            label="Passphrase now"
            value={passphrase}
            error={isTried && passphrase === '' ? 'Enter the passphrase that opens it now.' : undefined}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            autoComplete="off"
            maw={420}
          />
        )}
        <ProtectionFields draft={draft} onChange={setDraft} keychain={keychain.data ?? null} showFaults={isTried} />
        <Text size="xs" c="dimmed">
          Everything is sealed anew under another key.
        </Text>
        {change.error && <NoticePanel title="Nothing was changed." why={describeFailure(change.error)} />}
        <Group gap="xs">
          <Button type="submit" loading={change.isPending}>
            Change
          </Button>
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
