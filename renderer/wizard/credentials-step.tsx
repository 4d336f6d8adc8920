import { Alert, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { CredentialField, CredentialsTest } from '../../src/contracts/launcher/vault.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { QueryStates } from '../page/query-states.tsx'
import { VaultGate } from '../vault/vault-gate.tsx'
import { withValue, type Draft } from './draft.ts'
import type { StepProps } from './steps.ts'

/** Secrets as typed, until they are in the vault; never kept anywhere else. */
export type Credentials = Readonly<{
  values: Readonly<Record<string, string>>
  /** What the broker said of exactly these; undefined: not asked. */
  tested: CredentialsTest | undefined
}>

type CredentialsStepProps = StepProps & Readonly<{ credentials: Credentials; onChange: (next: Credentials) => void }>

/** What the broker must be told to let us in, tried at the broker before anything is kept. */
export function CredentialsStep(props: CredentialsStepProps) {
  const { draft } = props
  const { client } = useLauncher()
  const fields = useQuery({
    queryKey: ['vault-fields', draft.broker],
    queryFn: ({ signal }) => client.vault.fields({ broker: draft.broker }, { signal }),
  })
  return (
    <QueryStates query={fields} what="what this broker needs">
      {(known) =>
        known.length === 0 ? (
          <Text size="sm">The simulated broker needs none. Go on with Next.</Text>
        ) : (
          <Fields {...props} fields={known} />
        )
      }
    </QueryStates>
  )
}

function Fields(props: CredentialsStepProps & Readonly<{ fields: readonly CredentialField[] }>) {
  const { fields, draft, change, credentials, onChange, isNew } = props
  const { values } = credentials
  const setField = ({ name, setting }: CredentialField, value: string) => {
    if (setting !== null) change(withValue(draft, setting, value))
    // What was tested was something else.
    onChange({ values: setting === null ? withoutEmpty({ ...values, [name]: value }) : values, tested: undefined })
  }
  return (
    <Stack gap="md" maw={680}>
      {fields.map((field) =>
        field.secret ? (
          <PasswordInput
            key={field.name}
            label={field.label}
            description={`${field.help} It goes into the vault, and is never shown again.${isNew ? '' : ' Leave it empty to keep the one that is there.'}`}
            value={values[field.name] ?? ''}
            onChange={(event) => setField(field, event.currentTarget.value)}
            required={field.required}
            autoComplete="off"
          />
        ) : (
          <TextInput
            key={field.name}
            label={field.label}
            description={field.help}
            placeholder={field.placeholder}
            value={settingOf(draft, field)}
            onChange={(event) => setField(field, event.currentTarget.value.trim())}
            required={field.required}
            autoComplete="off"
          />
        ),
      )}
      <TestAtBroker {...props} />
      {Object.keys(values).length > 0 && <VaultGate />}
    </Stack>
  )
}

function TestAtBroker(props: Parameters<typeof Fields>[0]) {
  const { fields, draft, credentials, onChange, isNew } = props
  const { client } = useLauncher()
  const test = useMutation({
    mutationFn: () =>
      client.vault.credentials.test({
        ...{ broker: draft.broker, mode: draft.mode },
        values: { ...settingValues(draft, fields), ...credentials.values },
        ...(isNew ? {} : { accountId: draft.accountId }),
      }),
    onSuccess: (tested) => onChange({ ...credentials, tested }),
    gcTime: 0,
  })
  const { tested } = credentials
  return (
    <>
      <Group>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          Test at the broker
        </Button>
      </Group>
      {test.error && <NoticePanel title="The test could not be made." why={describeFailure(test.error)} />}
      {tested?.refusal && <NoticePanel title="The broker did not let us in." why={tested.refusal} />}
      {tested?.ok && (
        <Alert color="teal" title="The broker let us in." role="status">
          {tested.message}
        </Alert>
      )}
    </>
  )
}

function settingOf(draft: Draft, { setting }: CredentialField): string {
  const value = setting === null ? '' : (draft.values[setting] ?? '')
  return value === 'none' ? '' : value
}

function settingValues(draft: Draft, fields: readonly CredentialField[]): Record<string, string> {
  const known = fields.filter(({ secret }) => !secret).map((field) => [field.name, settingOf(draft, field)] as const)
  return withoutEmpty(Object.fromEntries(known))
}

function withoutEmpty(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}
