import { Alert, Button, Checkbox, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { createLicence } from '../../../src/contracts/cloud/admin.ts'
import { Command } from '../../page/command.tsx'
import { NoticePanel } from '../../page/notice-panel.tsx'
import { whyOf } from '../ask-cloud.ts'
import { useChange } from './use-change.ts'

const PLANS = ['starter', 'pro', 'team'] as const
const USER = /^[0-9a-f]{12}$/

/** Makes a licence and shows its key, once. */
export function NewLicence({ onClose }: { onClose: () => void }) {
  const [user, setUser] = useState('')
  const [plan, setPlan] = useState<(typeof PLANS)[number]>('starter')
  const [days, setDays] = useState<number | string>('')
  const [email, setEmail] = useState('')
  const [isTold, setIsTold] = useState(true)
  const make = useChange(createLicence)
  if (make.data)
    return (
      <Stack>
        <Alert color="orange" title="This key is shown once">
          <Text size="sm">Copy it now and hand it to the user. The server keeps only its digest.</Text>
          {make.data.mail === 'queued' && (
            <Text size="sm">A mail tells the user that the licence is ready; the key is not in it.</Text>
          )}
        </Alert>
        <Command text={make.data.license_key} />
        <Button onClick={onClose}>I have copied it</Button>
      </Stack>
    )
  return (
    <Stack
      component="form"
      onSubmit={(event) => {
        event.preventDefault()
        make.mutate({
          user_id: user,
          plan,
          ...(typeof days === 'number' ? { days } : {}),
          ...(email.trim() === '' ? {} : { email: email.trim(), mail: isTold }),
        })
      }}
    >
      <TextInput
        label="User id"
        description="12 hex digits, as the user's page of licence and cloud shows them"
        value={user}
        maxLength={12}
        onChange={(event) => setUser(event.currentTarget.value.trim())}
      />
      <Select
        label="Plan"
        data={PLANS}
        value={plan}
        allowDeselect={false}
        onChange={(value) => setPlan((value ?? 'starter') as (typeof PLANS)[number])}
      />
      <NumberInput
        label="Days"
        description="Left empty: without end"
        min={1}
        max={36_500}
        allowDecimal={false}
        value={days}
        onChange={setDays}
      />
      <TextInput
        label="E-mail"
        description="Where the user is told that it is ready, and before it ends; may be left empty"
        value={email}
        maxLength={254}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <Checkbox
        label="Tell the user by mail that it is ready"
        checked={isTold}
        disabled={email.trim() === ''}
        onChange={(event) => setIsTold(event.currentTarget.checked)}
      />
      {make.error && <NoticePanel title="No licence was made." why={whyOf(make.error)} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={make.isPending} disabled={!USER.test(user)}>
          Make it
        </Button>
      </Group>
    </Stack>
  )
}
