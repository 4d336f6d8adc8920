import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import type { VaultStatus } from '../../src/contracts/launcher/vault.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { useVaultAction } from './use-vault.ts'

/** The form that opens a locked vault. */
export function UnlockVault({ status }: { status: VaultStatus }) {
  const asks = status.protection === 'passphrase'
  const [passphrase, setPassphrase] = useState('')
  const unlock = useVaultAction((client, typed: string) => client.vault.unlock(asks ? { passphrase: typed } : {}))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // Also where this stands in another form, as in the one for a new account.
    event.stopPropagation()
    if (asks && passphrase === '') return
    unlock.mutate(passphrase, { onSettled: () => setPassphrase('') })
  }
  return (
    <form onSubmit={submit} aria-label="Open the vault">
      <Stack gap="sm">
        <Text size="sm">
          Accounts that need credentials can&apos;t be started until it is open. Bots that run go on.
        </Text>
        {asks && (
          <PasswordInput
            label="Passphrase"
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            autoComplete="off"
            maw={420}
          />
        )}
        {unlock.error && <NoticePanel title="It is still locked." why={describeFailure(unlock.error)} />}
        <Group>
          <Button type="submit" loading={unlock.isPending}>
            Open the vault
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
