import { Button, Group, NativeSelect, PasswordInput, Stack, Text } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import type { LicensedUser } from '../../src/contracts/launcher/cloud.ts'
import { ConfirmDialog } from '../account/confirm-dialog.tsx'
import { Facts } from '../account/facts.tsx'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { useCloudAction } from './use-cloud.ts'

/** Licence keys of this computer's users: kept once the cloud knows them, never shown again. */
export function LicencePanel({ users }: { users: readonly LicensedUser[] }) {
  return (
    <section className="panel" aria-labelledby="licence">
      <h3 id="licence" className="panelTitle">
        Licence
      </h3>
      <Stack p="sm" gap="md">
        <Text size="sm" c="dimmed">
          Live accounts make entries on a licence; paper accounts need none. Exits, stops and cancels never ask.
        </Text>
        {users
          .filter(({ hasKey }) => hasKey)
          .map((user) => (
            <Kept key={user.userId} user={user} />
          ))}
        <SetLicence users={users.filter(({ users: names }) => names.length > 0)} />
      </Stack>
    </section>
  )
}

function Kept({ user: { userId, users, liveAccounts } }: { user: LicensedUser }) {
  const [isAsking, setAsking] = useState(false)
  const [user] = users
  const show = useCloudAction((client) => client.licence.show(user === undefined ? {} : { user }))
  const forget = useCloudAction((client) => client.licence.forget(user === undefined ? {} : { user }))
  const failure = show.error ?? forget.error
  const name = users.join(', ') || userId
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm">
          A key is kept for <b>{name}</b>
          {liveAccounts === 0 ? '.' : `, for ${liveAccounts} live account${liveAccounts === 1 ? '' : 's'}.`}
        </Text>
        <Group gap="xs">
          <Button size="compact-sm" variant="default" loading={show.isPending} onClick={() => show.mutate()}>
            Ask the cloud about it
          </Button>
          <Button size="compact-sm" variant="light" color="red" onClick={() => setAsking(true)}>
            Forget it
          </Button>
        </Group>
      </Group>
      {failure && <NoticePanel title="That did not work." why={describeFailure(failure)} />}
      {show.data && (
        <Facts
          rows={[
            ['Plan', `${show.data.plan}, ${show.data.state}`],
            ['Ends', show.data.expiresAt === null ? 'never' : show.data.expiresAt.slice(0, 10)],
            ['Live accounts', `${show.data.accounts.used} of ${show.data.accounts.most}`],
            ['Devices', `${show.data.devices.used} of ${show.data.devices.most}`],
          ]}
        />
      )}
      {isAsking && (
        <ConfirmDialog
          title={`Forget the licence key of ${name}?`}
          action="Forget it"
          color="red"
          onClose={() => setAsking(false)}
          onConfirm={() => forget.mutate()}
        >
          Bots that run keep their leases until these end. To trade live later, the key must be entered again.
        </ConfirmDialog>
      )}
    </Stack>
  )
}

function SetLicence({ users }: { users: readonly LicensedUser[] }) {
  const [key, setKey] = useState('')
  const names = users.flatMap((one) => one.users)
  const [user, setUser] = useState(names[0] ?? '')
  const set = useCloudAction((client, typed: string) =>
    client.licence.set({ key: typed.trim(), ...(user === '' ? {} : { user }) }),
  )
  if (names.length === 0) return <Text size="sm">Add an account first: a licence is of one user at a broker.</Text>
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '') set.mutate(key, { onSettled: () => setKey('') })
  }
  return (
    <form onSubmit={submit} aria-label="Keep a licence key">
      <Stack gap="sm">
        {names.length > 1 && (
          <NativeSelect
            label="Whose licence"
            data={names}
            value={user}
            onChange={(event) => setUser(event.currentTarget.value)}
            maw={420}
          />
        )}
        <PasswordInput
          label="Licence key"
          placeholder="slw_…"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          autoComplete="off"
          maw={420}
        />
        {set.error && <NoticePanel title="The key was not kept." why={describeFailure(set.error)} />}
        {set.data && (
          <Text size="sm" role="status">
            Kept: {set.data.plan}, {set.data.state}. Live accounts use it from their next start on.
          </Text>
        )}
        <Group>
          <Button type="submit" loading={set.isPending} disabled={key.trim() === ''}>
            Keep it in the vault
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
