import { Tabs } from '@mantine/core'
import { useState } from 'react'
import { PageTitle } from '../../page/page-title.tsx'
import { AuditPanel } from './audit-panel.tsx'
import { CalendarPanel } from './calendar-panel.tsx'
import { LeasesPanel } from './leases-panel.tsx'
import { LicencesPanel } from './licences-panel.tsx'
import { OffendersPanel } from './offenders-panel.tsx'
import { PoolPanel } from './pool-panel.tsx'
import type { Role } from './role.ts'
import { StripePanel } from './stripe-panel.tsx'
import { UsersPanel } from './users-panel.tsx'

const TABS = {
  licences: { title: 'Licences', Panel: LicencesPanel },
  leases: { title: 'Live accounts', Panel: LeasesPanel },
  users: { title: 'Users', Panel: UsersPanel },
  stripe: { title: 'Stripe', Panel: StripePanel },
  limits: { title: 'Rate limits', Panel: OffendersPanel },
  calendar: { title: 'Calendar', Panel: CalendarPanel },
  pool: { title: 'Pool', Panel: PoolPanel },
  audit: { title: 'Audit', Panel: AuditPanel },
} as const

/** What looking after a server needs. The server decides what a role may do; the page offers what it can. */
export function AdminPage({ role }: { role: Role }) {
  const [tab, setTab] = useState<string | null>('licences')
  return (
    <div className="plainPage">
      <PageTitle title="Server">Every use of an admin key is written down. Times are UTC.</PageTitle>
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="sm">
          {Object.entries(TABS).map(([name, { title }]) => (
            <Tabs.Tab key={name} value={name}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {Object.entries(TABS).map(([name, { Panel }]) => (
          <Tabs.Panel key={name} value={name}>
            <Panel role={role} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </div>
  )
}
