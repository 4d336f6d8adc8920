import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { theme } from '../theme.ts'
import { PageCrash } from './page-crash.tsx'

/** Looks and services every part of a page relies on. */
export function PageShell({ children, env }: { children: ReactNode; env?: 'default' | 'test' }) {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }))
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" {...(env ? { env } : {})}>
      <PageCrash>
        <div className="shell">
          <div className="shellPage">
            <QueryClientProvider client={queries}>{children}</QueryClientProvider>
          </div>
          <Notifications className="toasts" position="bottom-right" limit={5} withinPortal={false} />
        </div>
      </PageCrash>
    </MantineProvider>
  )
}
