import { Button, Table, Text, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import type { VaultStatus } from '../../src/contracts/launcher/vault.ts'
import { ConfirmDialog } from '../account/confirm-dialog.tsx'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { useVaultAction } from './use-vault.ts'

/** Whose credentials are kept, by the names of their fields. What they are is shown nowhere. */
export function KeptCredentials({ status }: { status: VaultStatus }) {
  const [asked, setAsked] = useState<string>()
  const forget = useVaultAction(async (client, id: string) => {
    await client.vault.credentials.forget({ id })
    return client.vault.status({})
  })
  if (status.accounts.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nothing is in it yet. Credentials are entered when an account is added or edited.
      </Text>
    )
  return (
    <>
      {forget.error && <NoticePanel title="Nothing was forgotten." why={describeFailure(forget.error)} />}
      <Table withRowBorders={false} aria-label="Credentials in the vault" w="auto">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Account</Table.Th>
            <Table.Th scope="col">Kept</Table.Th>
            <Table.Th scope="col">
              <VisuallyHidden>Action</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {status.accounts.map(({ accountId, fields }) => (
            <Table.Tr key={accountId}>
              <Table.Th scope="row">{accountId}</Table.Th>
              <Table.Td>{fields.join(', ')}</Table.Td>
              <Table.Td>
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`Forget the credentials of ${accountId}`}
                  loading={forget.isPending && forget.variables === accountId}
                  onClick={() => setAsked(accountId)}
                >
                  Forget
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {asked !== undefined && (
        <ConfirmDialog
          title={`Forget the credentials of ${asked}?`}
          action="Forget them"
          color="red"
          onConfirm={() => forget.mutate(asked)}
          onClose={() => setAsked(undefined)}
        >
          Its bot goes on if it runs. It can&apos;t be started again until you have entered them again.
        </ConfirmDialog>
      )}
    </>
  )
}
