import { Radio, Stack, TextInput } from '@mantine/core'
import { whyTaken } from './draft.ts'
import type { StepProps } from './steps.ts'

const BROKERS = [
  {
    value: 'sim',
    label: 'Simulated broker',
    help: 'Trades on recorded or made-up prices, on this computer, with paper money. Needs no account anywhere.',
  },
  {
    value: 'gateway',
    label: 'Gateway',
    help: 'A venue behind a program that speaks the Slipway gateway protocol, on this computer or over https.',
  },
] as const

/** Who the account is and where it is. */
export function BrokerStep({ draft, change, isNew, taken }: StepProps) {
  return (
    <Stack gap="md" maw={680}>
      <TextInput
        label="Account id"
        description="Names its folder and its logs: letters, digits, dots, dashes, underscores. It can't be changed later."
        value={draft.accountId}
        onChange={(event) => change({ ...draft, accountId: event.currentTarget.value })}
        error={isNew && whyTaken(draft.accountId, taken)}
        disabled={!isNew}
        required
        maxLength={64}
        autoComplete="off"
        data-autofocus
      />
      <TextInput
        label="User"
        description="The user name at the broker. Accounts of one user share limits over all of them."
        value={draft.user}
        onChange={(event) => change({ ...draft, user: event.currentTarget.value })}
        disabled={!isNew}
        required
        maxLength={128}
        autoComplete="off"
      />
      <Radio.Group label="Broker" value={draft.broker} onChange={(broker) => change(withBroker(draft, broker))}>
        <Stack gap="xs" mt={6}>
          {BROKERS.map(({ value, label, help }) => (
            <Radio key={value} value={value} label={label} description={help} />
          ))}
        </Stack>
      </Radio.Group>
      <Radio.Group
        label="Money"
        value={draft.mode}
        onChange={(mode) => change({ ...draft, mode: mode === 'live' ? 'live' : 'paper' })}
      >
        <Stack gap="xs" mt={6}>
          <Radio value="paper" label="Paper" description="No real money." />
          <Radio
            value="live"
            label="Live"
            description={
              draft.broker === 'sim'
                ? 'Real money. Needs a venue: choose the gateway.'
                : 'Real money, after a question of its own at the end.'
            }
            disabled={draft.broker === 'sim'}
          />
        </Stack>
      </Radio.Group>
    </Stack>
  )
}

function withBroker(draft: StepProps['draft'], broker: string): StepProps['draft'] {
  if (broker !== 'sim') return { ...draft, broker }
  const values = Object.fromEntries(Object.entries(draft.values).filter(([key]) => !key.startsWith('gateway.')))
  return { ...draft, broker, mode: 'paper', values }
}
