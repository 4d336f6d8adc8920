import { Alert, Button, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { MakeVault } from './make-vault.tsx'
import { UnlockVault } from './unlock-vault.tsx'
import { useVault } from './use-vault.ts'

/** Makes or opens the vault where it is needed, so that nobody has to leave what they are typing. Nothing while it is open. */
export function VaultGate() {
  const { data } = useVault()
  const [isAsking, setAsking] = useState(false)
  if (!data || data.problem || data.state === 'unlocked' || data.opensItself) return null
  const isAbsent = data.state === 'absent'
  const title = isAbsent ? 'Make a vault' : 'Open the vault'
  return (
    <Alert color="orange" title={isAbsent ? 'There is no vault yet.' : 'The vault is locked.'}>
      <Text size="sm" mb="xs">
        {isAbsent
          ? 'Credentials are kept sealed in a vault, and never shown again. It is made once.'
          : 'Credentials can be kept once it is open.'}
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
        {title} …
      </Button>
      {isAsking && (
        <Modal
          opened
          centered
          title={title}
          onClose={() => setAsking(false)}
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          <Stack gap="sm">{isAbsent ? <MakeVault /> : <UnlockVault status={data} />}</Stack>
        </Modal>
      )}
    </Alert>
  )
}
