import { Button, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useState, type SubmitEvent } from 'react'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import { signIn, type PageSession } from '../../src/contracts/cloud/pages.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { askCloud, whyOf } from './ask-cloud.ts'

/** One field for both kinds of keys: the server tells them apart. */
export function SignIn({ onSignedIn }: { onSignedIn: (session: PageSession) => void }) {
  const [key, setKey] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<RefusalShape>()

  async function submit(event: SubmitEvent) {
    event.preventDefault()
    if (key.trim() === '' || busy) return
    setBusy(true)
    setProblem(undefined)
    try {
      onSignedIn(await askCloud(signIn, { key }))
    } catch (error) {
      setProblem(whyOf(error))
    } finally {
      setBusy(false)
      // A key stays in no field.
      setKey('')
    }
  }

  return (
    <Stack
      component="form"
      onSubmit={(event) => void submit(event as unknown as SubmitEvent)}
      maw={480}
      mx="auto"
      my="xl"
      p="md"
    >
      <Title order={2} size="h3">
        Sign in
      </Title>
      <Text size="sm" c="dimmed">
        With a licence key you see your own licence, devices and contributions; with an admin key you look after this
        server.
      </Text>
      <PasswordInput
        label="Licence key or admin key"
        autoComplete="off"
        spellCheck={false}
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
        data-autofocus
      />
      {problem && <NoticePanel title="Not signed in" why={problem} />}
      <Button type="submit" loading={busy} disabled={key.trim() === ''}>
        Sign in
      </Button>
      <Text size="xs" c="dimmed">
        The session ends after eight hours or with "Sign out". The key itself is not kept by this page.
      </Text>
    </Stack>
  )
}
