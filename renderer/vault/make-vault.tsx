import { Button, Group, Stack } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import type { NewProtection } from '../../src/contracts/launcher/vault.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { EMPTY_DRAFT, faultsOf, protectionOf, type ProtectionDraft } from './protection.ts'
import { ProtectionFields } from './protection-fields.tsx'
import { useKeychain, useVaultAction } from './use-vault.ts'

/** The form that makes a vault, or one anew beside an old one that does not open. */
export function MakeVault({ replace = false }: { replace?: boolean }) {
  const keychain = useKeychain()
  const [chosen, setChosen] = useState<ProtectionDraft>()
  const [isTried, setTried] = useState(false)
  const make = useVaultAction((client, protection: NewProtection) => client.vault.init({ protection, replace }))
  const usual = keychain.data?.usable === true ? 'keychain' : 'passphrase'
  const draft = chosen ?? { ...EMPTY_DRAFT, kind: usual }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // Also where this stands in another form, as in the one for a new account.
    event.stopPropagation()
    setTried(true)
    if (Object.keys(faultsOf(draft)).length === 0) make.mutate(protectionOf(draft))
  }
  return (
    <form onSubmit={submit} noValidate aria-label="Make a vault">
      <Stack gap="sm">
        <ProtectionFields draft={draft} onChange={setChosen} keychain={keychain.data ?? null} showFaults={isTried} />
        {make.error && <NoticePanel title="The vault was not made." why={describeFailure(make.error)} />}
        <Group>
          <Button type="submit" loading={make.isPending}>
            {replace ? 'Begin a new vault' : 'Make the vault'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
