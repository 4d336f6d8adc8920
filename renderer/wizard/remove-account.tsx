import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { goTo } from '../place/use-place.ts'

/** Forgets an account; what it holds on disk stays, unless that is asked for by typing its id. */
export function RemoveAccount({ accountId }: { accountId: string }) {
  const { client } = useLauncher()
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const [isPurge, setPurge] = useState(false)
  const [typed, setTyped] = useState('')
  const remove = useMutation({
    mutationFn: () => client.accounts.remove({ id: accountId, purge: isPurge }),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['account-form'] })
      goTo({ page: 'accounts' }, { replace: true })
    },
  })
  const mayRemove = !isPurge || typed.trim() === accountId
  return (
    <>
      <Button size="compact-sm" variant="light" color="red" onClick={() => setAsking(true)}>
        Remove
      </Button>
      <Modal opened={isAsking} onClose={() => setAsking(false)} title={`Remove ${accountId}`}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (mayRemove) remove.mutate()
          }}
        >
          <Stack gap="sm">
            <Text size="sm">
              The account leaves the list and can not be started any more. Its folder with trades, logs and backups
              stays, and is taken up again when an account of this id is added.
            </Text>
            <Checkbox
              label="Delete its folder too, with all trades, logs and backups"
              checked={isPurge}
              onChange={(event) => setPurge(event.currentTarget.checked)}
            />
            {isPurge && (
              <TextInput
                label={`Type ${accountId} to confirm`}
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
                autoComplete="off"
              />
            )}
            {remove.error && <NoticePanel title="It was not removed." why={describeFailure(remove.error)} />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={() => setAsking(false)}>
                Cancel
              </Button>
              <Button type="submit" color="red" disabled={!mayRemove} loading={remove.isPending}>
                {isPurge ? 'Remove and delete' : 'Remove'}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
