import { Button, Group, Popover, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { KillMarkRow } from '../../src/contracts/kill-switch.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { useKillMarks } from '../live/topics.ts'
import { Icon } from '../page/icon.tsx'
import { useTimes } from '../preferences/use-times.ts'
import { describeRefusedAction } from './describe-outcome.ts'
import { tell } from './tell.tsx'

/** Says, on every page, that the kill switch keeps bots from entering, since when and why; and releases it. */
export function KillBanner() {
  const marks = useKillMarks().filter(({ purpose }) => purpose === 'kill')
  if (marks.length === 0) return null
  return (
    <section className="killBanner" aria-label="Kill switch" role="alert">
      {marks.map((mark) => (
        <EngagedMark key={JSON.stringify(mark.scope)} mark={mark} />
      ))}
    </section>
  )
}

function EngagedMark({ mark }: { mark: KillMarkRow }) {
  const { client } = useLauncher()
  const times = useTimes()
  const [isAsking, setAsking] = useState(false)
  const { scope, reason, at } = mark
  const release = useMutation({
    mutationFn: () => client.killSwitch.release(targetOf(scope)),
    onError: (error) => tell(describeRefusedAction('release', 'Kill switch', describeFailure(error))),
  })
  return (
    <Group gap="sm" wrap="nowrap" className="killMark">
      <Icon name="blocked" size={18} />
      <Text size="sm" className="killText">
        <b>Kill switch engaged for {nameOf(scope)}</b> since {times.second(at)} {times.zoneName}: no bot of it enters
        anything.{reason && ` Reason: ${reason}.`}
      </Text>
      <Popover opened={isAsking} onChange={setAsking} position="bottom-end" withArrow trapFocus returnFocus shadow="md">
        <Popover.Target>
          <Button
            size="compact-sm"
            color="dark"
            variant="white"
            loading={release.isPending}
            onClick={() => setAsking(!isAsking)}
          >
            Release …
          </Button>
        </Popover.Target>
        <Popover.Dropdown role="alertdialog" aria-label="Release the kill switch">
          <Stack gap="sm" maw={280}>
            <Text size="sm">Bots of {nameOf(scope)} make entries again as soon as they find a reason to.</Text>
            <Group gap="xs" justify="flex-end">
              <Button size="compact-sm" variant="default" onClick={() => setAsking(false)}>
                Cancel
              </Button>
              <Button
                size="compact-sm"
                color="red"
                onClick={() => {
                  setAsking(false)
                  release.mutate()
                }}
              >
                Release
              </Button>
            </Group>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </Group>
  )
}

function nameOf(scope: KillMarkRow['scope']): string {
  if (scope.kind === 'all') return 'all accounts'
  return scope.kind === 'user' ? `user ${scope.userId}` : scope.accountId
}

function targetOf(scope: KillMarkRow['scope']) {
  if (scope.kind === 'all') return { all: true }
  return scope.kind === 'user' ? { user: scope.userId } : { ids: [scope.accountId] }
}
