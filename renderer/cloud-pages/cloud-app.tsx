import { Badge, Button, Group, Loader, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { readPageSession, signOut, type PageSession } from '../../src/contracts/cloud/pages.ts'
import { Failed } from '../failure/failed.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { AdminPage } from './admin/admin-page.tsx'
import { askCloud, whyOf } from './ask-cloud.ts'
import { SignIn } from './sign-in.tsx'
import { UserPage } from './user-page.tsx'

const KEY = [readPageSession.path]

/** Who is signed in decides what is shown; nobody sees anything before. */
export function CloudApp() {
  const queries = useQueryClient()
  const query = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await askCloud(readPageSession, {}, signal)).session,
    refetchInterval: 60_000,
  })
  const become = (session: PageSession | null) => {
    // What one person saw must not be there for the next.
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
    queries.setQueryData(KEY, session)
  }
  // A panel that was told the session is over asks the question of all.
  useEffect(
    () =>
      queries.getQueryCache().subscribe(({ query: one }) => {
        const { error } = one.state
        if (one.queryKey[0] !== KEY[0] && error instanceof Failed && error.why.code === 'unauthorized')
          void queries.invalidateQueries({ queryKey: KEY })
      }),
    [queries],
  )
  const session = query.data
  return (
    <div className="page">
      <Group component="header" className="header" justify="space-between" wrap="nowrap">
        <Group gap="sm" wrap="nowrap">
          <img src="./icon.svg" alt="" width={28} height={28} />
          <Title order={1} size="h3">
            Slipway cloud
          </Title>
        </Group>
        {session && <SignedIn session={session} onSignedOut={() => become(null)} />}
      </Group>
      <main className="main" aria-label={session ? 'Server' : 'Sign in'}>
        {query.error && session === undefined && (
          <NoticePanel title="No connection yet" why={whyOf(query.error)} onRetry={() => void query.refetch()} />
        )}
        {query.isPending && !query.error && (
          <Group p="xl" justify="center">
            <Loader size="sm" /> <Text>Asking the server …</Text>
          </Group>
        )}
        {session === null && <SignIn onSignedIn={become} />}
        {session?.kind === 'user' && <UserPage userId={session.user_id} />}
        {session?.kind === 'admin' && <AdminPage role={session.role} />}
      </main>
    </div>
  )
}

function SignedIn({ session, onSignedOut }: { session: PageSession; onSignedOut: () => void }) {
  return (
    <Group gap="sm" wrap="nowrap">
      {session.kind === 'admin' ? (
        <>
          <Text size="sm">{session.label}</Text>
          <Badge variant="light">{session.role}</Badge>
        </>
      ) : (
        <Text size="sm">User {session.user_id}</Text>
      )}
      <Button
        size="compact-sm"
        variant="default"
        onClick={() =>
          void askCloud(signOut, {}).then(onSignedOut, (error: unknown) =>
            notifications.show({ color: 'red', title: 'Not signed out', message: whyOf(error).message }),
          )
        }
      >
        Sign out
      </Button>
    </Group>
  )
}
