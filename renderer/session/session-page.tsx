import { Loader, Stack, Text, Title } from '@mantine/core'
import { Command } from '../page/command.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { isDesktopWindow } from '../page/desktop-window.ts'
import { PageHeader } from '../page/page-header.tsx'
import type { SessionState } from './session.ts'

type SessionPageProps = Readonly<{
  state: Exclude<SessionState, { kind: 'open' }>
  onRetry: () => void
  isDesktop?: boolean
}>

/** What stands in place of the fleet while there is no session. */
export function SessionPage({ state, onRetry, isDesktop = isDesktopWindow() }: SessionPageProps) {
  return (
    <div className="page">
      <PageHeader />
      <main>
        <Stack maw={680} mx="auto" my="xl" p="md">
          <Content state={state} onRetry={onRetry} isDesktop={isDesktop} />
        </Stack>
      </main>
    </div>
  )
}

function Content({ state, onRetry, isDesktop }: SessionPageProps) {
  switch (state.kind) {
    case 'opening':
      return (
        <Text role="status">
          <Loader size="xs" mr="xs" component="span" />
          Opening a session with the launcher …
        </Text>
      )
    case 'not-reached':
      return <NoticePanel title="No session yet" why={state.why} onRetry={onRetry} />
    case 'ended':
      return (
        <>
          <Title order={2}>This page's session has ended</Title>
          <Text role="alert">{state.why.message}</Text>
          {isDesktop ? (
            <Text>{state.why.nextStep}</Text>
          ) : (
            <>
              <Text>To open a new page, type this in Slipway's folder:</Text>
              <Command text="npx slipway open" />
              <Text c="dimmed" size="sm">
                A session belongs to one browser and ends after a week without use, and the address of a page opens it
                once.
              </Text>
            </>
          )}
        </>
      )
  }
}
