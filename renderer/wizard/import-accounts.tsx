import { Button, FileButton, Group, Modal, Stack, Table, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { goTo } from '../place/use-place.ts'
import { judgeImport, readAccountsFile, type ImportRow } from './import-file.ts'

/** Adds accounts from a file of settings, each judged before any is added. */
export function ImportAccounts() {
  const { client } = useLauncher()
  const queries = useQueryClient()
  const [rows, setRows] = useState<readonly ImportRow[]>()
  const read = useMutation({
    mutationFn: async (file: File) => judgeImport(client, readAccountsFile(await file.text())),
    onSuccess: setRows,
  })
  const good = rows?.filter(({ problem }) => problem === undefined) ?? []
  const add = useMutation({
    async mutationFn() {
      for (const { account } of good) await client.accounts.add(account)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['account-form'] }),
    onSuccess: () => goTo({ page: 'accounts' }),
  })
  const close = () => {
    setRows(undefined)
    read.reset()
    add.reset()
  }
  const failure = read.error ?? add.error
  return (
    <>
      <FileButton accept="application/json,.json" onChange={(file) => file && read.mutate(file)}>
        {(props) => (
          <Button {...props} size="compact-sm" variant="default" loading={read.isPending}>
            Import from a file
          </Button>
        )}
      </FileButton>
      <Modal opened={rows !== undefined || failure !== null} onClose={close} title="Import accounts" size="lg">
        <Stack gap="sm">
          {failure && <NoticePanel title="The file was not imported." why={describeFailure(failure)} />}
          {rows && (
            <>
              <Table verticalSpacing={6}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th scope="col">Account</Table.Th>
                    <Table.Th scope="col">Trades</Table.Th>
                    <Table.Th scope="col">What happens</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map(({ account, problem }) => (
                    <Table.Tr key={account.accountId}>
                      <Table.Th scope="row">{account.accountId}</Table.Th>
                      <Table.Td>
                        {account.symbol}, {account.strategy}
                      </Table.Td>
                      <Table.Td>
                        {problem ? `Left out: ${problem.message} ${problem.nextStep}` : 'Is added, as paper.'}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
              <Text size="sm" c="dimmed">
                Credentials are not in such a file, and no account is added as live: both are given afterwards, in its
                settings.
              </Text>
              <Group justify="flex-end" gap="xs">
                <Button variant="default" onClick={close}>
                  Cancel
                </Button>
                <Button disabled={good.length === 0} loading={add.isPending} onClick={() => add.mutate()}>
                  {good.length === 1 ? 'Add one account' : `Add ${good.length} accounts`}
                </Button>
              </Group>
            </>
          )}
        </Stack>
      </Modal>
    </>
  )
}
