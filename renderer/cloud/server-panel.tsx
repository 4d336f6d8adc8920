import { Button, Code, Group, List, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import type { CloudChoice } from '../../src/contracts/cloud/choice.ts'
import type { CloudServerState } from '../../src/contracts/launcher/cloud.ts'
import { ConfirmDialog } from '../account/confirm-dialog.tsx'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { useCloudAction } from './use-cloud.ts'

type Kind = CloudServerState['kind']
type Found = Omit<Extract<CloudChoice, { kind: 'team' }>, 'kind'>

/** Which cloud this computer works with; a team's keys are shown and agreed to before any lease of theirs counts. */
export function ServerPanel({ server }: { server: CloudServerState }) {
  const [kind, setKind] = useState<Kind>(server.kind)
  const [url, setUrl] = useState(server.url ?? '')
  const [found, setFound] = useState<Found>()
  const use = useCloudAction((client, choice: CloudChoice) => client.cloudServer.use(choice))
  const look = useCloudAction((client, address: string) => client.cloudServer.look({ url: address }))
  const check = useCloudAction((client) => client.cloudServer.check())
  const isSame = kind === server.kind && (kind !== 'team' || url.trim() === server.url)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (kind === 'team') look.mutate(url, { onSuccess: setFound })
    else use.mutate({ kind })
  }
  const failure = use.error ?? look.error ?? check.error
  return (
    <section className="panel" aria-labelledby="server">
      <h3 id="server" className="panelTitle">
        Cloud
      </h3>
      <form onSubmit={submit} aria-label="Choose a cloud">
        <Stack p="sm" gap="sm">
          <Radio.Group
            value={kind}
            onChange={(value) => setKind(value as Kind)}
            label="Which cloud this computer works with"
          >
            <Stack gap={6} mt={6}>
              <Radio value="local" label="The one on this computer: nothing leaves it" />
              <Radio value="team" label="My team's" />
              <Radio value="none" label="None: no shared experience, no licences for live accounts" />
            </Stack>
          </Radio.Group>
          {kind === 'team' && (
            <TextInput
              label="Address"
              placeholder="https://cloud.example.com"
              value={url}
              onChange={(event) => setUrl(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
              maw={420}
            />
          )}
          {failure && <NoticePanel title="That did not work." why={describeFailure(failure)} />}
          <Group gap="xs">
            <Button
              type="submit"
              loading={use.isPending || look.isPending}
              disabled={isSame || (kind === 'team' && url.trim() === '')}
            >
              {kind === 'team' ? 'Look at it' : 'Use it'}
            </Button>
            {server.kind !== 'none' && (
              <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
                Ask whether it answers
              </Button>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            Bots use it from their next start on.
          </Text>
        </Stack>
      </form>
      {found && (
        <ConfirmDialog
          title="Are these the keys of your team's cloud?"
          action="They are: use it"
          color="blue"
          onClose={() => setFound(undefined)}
          onConfirm={() => use.mutate({ kind: 'team', ...found })}
        >
          <Text size="sm">
            {found.url} signs its leases with these keys. Compare them with what its operator says, who sees them with{' '}
            <Code>slipway cloud signing-key list</Code>:
          </Text>
          <List size="sm" mt="xs">
            {found.keys.map(({ kid }) => (
              <List.Item key={kid}>
                <Code>{kid}</Code>
              </List.Item>
            ))}
          </List>
        </ConfirmDialog>
      )}
    </section>
  )
}
