import { PasswordInput, Radio, Stack, Text, TextInput } from '@mantine/core'
import type { VaultProtection, VaultStatus } from '../../src/contracts/launcher/vault.ts'
import { faultsOf, type ProtectionDraft } from './protection.ts'

type ProtectionFieldsProps = Readonly<{
  draft: ProtectionDraft
  onChange: (draft: ProtectionDraft) => void
  /** Null while it is being looked for. */
  keychain: VaultStatus['keychain']
  /** Faults are shown once somebody has tried to go on. */
  showFaults: boolean
}>

/** Chooses what keeps the vault's key. */
export function ProtectionFields({ draft, onChange, keychain, showFaults }: ProtectionFieldsProps) {
  const faults = showFaults ? faultsOf(draft) : {}
  const set = (change: Partial<ProtectionDraft>) => onChange({ ...draft, ...change })
  return (
    <Stack gap="sm">
      <Radio.Group label="What opens it" value={draft.kind} onChange={(kind) => set({ kind: kind as VaultProtection })}>
        <Stack gap={6} mt={4}>
          <Radio
            value="keychain"
            label="The keychain of this computer"
            description={keychainText(keychain)}
            disabled={keychain?.usable !== true}
          />
          <Radio
            value="passphrase"
            label="A passphrase"
            description="Typed after every start of Slipway, before bots that need credentials can be started."
          />
          <Radio
            value="key-file"
            label="A key file"
            description="For a computer that starts bots without a person. Whoever can read the file can open the vault."
          />
        </Stack>
      </Radio.Group>
      {draft.kind === 'passphrase' && (
        <>
          <PasswordInput
            label="New passphrase"
            value={draft.passphrase}
            error={faults.passphrase}
            onChange={(event) => set({ passphrase: event.currentTarget.value })}
            autoComplete="off"
            maw={420}
          />
          <PasswordInput
            label="New passphrase again"
            value={draft.again}
            error={faults.again}
            onChange={(event) => set({ again: event.currentTarget.value })}
            autoComplete="off"
            maw={420}
          />
          <Text size="xs" c="dimmed">
            Nobody can bring a forgotten passphrase back. You would enter your credentials again.
          </Text>
        </>
      )}
      {draft.kind === 'key-file' && (
        <TextInput
          label="Key file"
          description="Whole path, outside of Slipway's folder. It is made where there is none."
          placeholder="/home/me/.config/slipway.key"
          value={draft.keyFile}
          error={faults.keyFile}
          onChange={(event) => set({ keyFile: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
          maw={420}
        />
      )}
    </Stack>
  )
}

function keychainText(keychain: VaultStatus['keychain']): string {
  if (!keychain) return 'Looking for it …'
  return keychain.usable ? `${keychain.name}. Opens by itself while you are logged in.` : keychain.why
}
