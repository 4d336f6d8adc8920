import { Badge, Button, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { listLicences, revokeLicence, type LicenceView } from '../../../src/contracts/cloud/admin.ts'
import { NoticePanel } from '../../page/notice-panel.tsx'
import { whyOf } from '../ask-cloud.ts'
import { CloudPanel } from '../cloud-panel.tsx'
import { minuteOf } from '../times.ts'
import type { Role } from './role.ts'
import { AskedButton } from '../asked-button.tsx'
import { RowTable } from '../../page/row-table.tsx'
import { LicenceDetailsView } from './licence-details.tsx'
import { NewLicence } from './new-licence.tsx'
import { useChange } from './use-change.ts'

const LOOKS = { active: 'teal', expired: 'orange', revoked: 'red' } as const
const USER = /^[0-9a-f]{12}$/

/** Licences: who has one, seats, history; new ones, and the end of one. */
export function LicencesPanel({ role }: { role: Role }) {
  const [user, setUser] = useState('')
  const [shown, setShown] = useState<LicenceView>()
  const [making, setMaking] = useState(false)
  const revoke = useChange(revokeLicence)
  const may = role === 'owner' || role === 'support'
  const input = { limit: 500, ...(USER.test(user) ? { user_id: user } : {}) }
  const tools = (
    <>
      <TextInput
        size="xs"
        aria-label="Only of this user"
        placeholder="User id"
        value={user}
        maxLength={12}
        error={user !== '' && !USER.test(user)}
        onChange={(event) => setUser(event.currentTarget.value.trim())}
      />
      {may && (
        <Button size="compact-sm" onClick={() => setMaking(true)}>
          New licence …
        </Button>
      )}
    </>
  )
  return (
    <Stack gap="sm">
      {revoke.error && <NoticePanel title="The licence was not revoked." why={whyOf(revoke.error)} />}
      <CloudPanel title="Licences" route={listLicences} input={input} tools={tools}>
        {({ licences, next }) => (
          <>
            <RowTable
              rows={licences}
              keyOf={({ id }) => id}
              empty={user === '' ? 'There is no licence yet.' : 'This user has no licence.'}
              columns={[
                {
                  head: 'Licence',
                  cell: (one) => (
                    <Button size="compact-xs" variant="subtle" onClick={() => setShown(one)}>
                      {one.id}
                    </Button>
                  ),
                },
                { head: 'Key', cell: (one) => `${one.key_hint}…` },
                { head: 'User', cell: (one) => one.user_id },
                { head: 'Plan', cell: (one) => one.plan },
                {
                  head: 'State',
                  cell: (one) => (
                    <Badge color={LOOKS[one.state]} variant="light">
                      {one.state}
                    </Badge>
                  ),
                },
                { head: 'Accounts', look: 'number', cell: (one) => `${one.accounts_used} / ${one.accounts}` },
                { head: 'Devices', look: 'number', cell: (one) => `${one.devices_used} / ${one.devices}` },
                { head: 'Expires (UTC)', look: 'figure', cell: (one) => minuteOf(one.expires_at) },
                { head: 'Paid by', cell: (one) => one.subscription?.status ?? one.source },
                {
                  head: 'Action',
                  cell: (one) =>
                    may &&
                    one.state !== 'revoked' && (
                      <AskedButton
                        label="Revoke"
                        of={one.id}
                        reason
                        busy={revoke.isPending}
                        onSure={(reason) => revoke.mutate({ id: one.id, reason })}
                      />
                    ),
                },
              ]}
            />
            {next !== null && (
              <Text size="sm" p="md" c="dimmed">
                The newest {licences.length} are shown. Type a user id to see all of one user.
              </Text>
            )}
          </>
        )}
      </CloudPanel>
      <Modal opened={shown !== undefined} onClose={() => setShown(undefined)} size="xl" title={shown?.id}>
        {shown && <LicenceDetailsView id={shown.id} may={may} />}
      </Modal>
      <Modal opened={making} onClose={() => setMaking(false)} title="New licence">
        {making && <NewLicence onClose={() => setMaking(false)} />}
      </Modal>
    </Stack>
  )
}
