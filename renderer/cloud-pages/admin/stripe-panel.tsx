import { Button, Group, Text } from '@mantine/core'
import type { z } from 'zod'
import {
  dismissStripeEvent,
  listStripeEvents,
  retryStripeEvent,
  type TroubledStripeEvent,
} from '../../../src/contracts/cloud/stripe.ts'
import { NoticePanel } from '../../page/notice-panel.tsx'
import { RowTable } from '../../page/row-table.tsx'
import { whyOf } from '../ask-cloud.ts'
import { AskedButton } from '../asked-button.tsx'
import { CloudPanel } from '../cloud-panel.tsx'
import { minuteOf } from '../times.ts'
import type { Role } from './role.ts'
import { useChange } from './use-change.ts'

type StripeTrouble = z.output<typeof TroubledStripeEvent>

const MOST_LISTED = 500

/** Events of Stripe that could not be done with or made no licence: why, and what is to be done about each. */
export function StripePanel({ role }: { role: Role }) {
  const retry = useChange(retryStripeEvent)
  const dismiss = useChange(dismissStripeEvent)
  const may = role === 'owner' || role === 'support'
  return (
    <CloudPanel title="Events of Stripe that need a look" route={listStripeEvents} input={{ limit: MOST_LISTED }}>
      {({ events }) => (
        <>
          <Text size="sm" px={12} pb="xs" role="status">
            {summaryOf(events)}
            {retry.data && ` ${triedText(retry.variables.id, retry.data.event)}`}
          </Text>
          {retry.error && <NoticePanel title="The event was not tried again." why={whyOf(retry.error)} />}
          {dismiss.error && <NoticePanel title="The event was not dismissed." why={whyOf(dismiss.error)} />}
          <RowTable
            rows={events}
            keyOf={({ id }) => id}
            empty="Every event was done with."
            columns={[
              { head: 'Event', cell: (event) => event.id },
              { head: 'What', cell: (event) => event.type },
              { head: 'Came (UTC)', look: 'figure', cell: (event) => minuteOf(event.received_at) },
              { head: 'State', cell: ({ state }) => STATES[state].word },
              { head: 'Failed tries', look: 'number', cell: (event) => event.attempts },
              { head: 'Why', cell: (event) => event.problem },
              { head: 'What to do', cell: ({ state }) => STATES[state].nextStep },
              {
                head: 'Action',
                cell: ({ id, state }) =>
                  may && (
                    <Group gap="xs">
                      {state === 'parked' && (
                        <Button
                          size="compact-xs"
                          variant="default"
                          aria-label={`Try again ${id}`}
                          loading={retry.isPending && retry.variables.id === id}
                          onClick={() => retry.mutate({ id })}
                        >
                          Try again
                        </Button>
                      )}
                      <AskedButton
                        label="Dismiss"
                        of={id}
                        reason
                        busy={dismiss.isPending}
                        onSure={(reason) => (retry.reset(), dismiss.mutate({ id, reason }))}
                      />
                    </Group>
                  ),
              },
            ]}
          />
        </>
      )}
    </CloudPanel>
  )
}

const STATES = {
  parked: { word: 'parked', nextStep: 'Put right what the reason says, or update the server, then try it again.' },
  waiting: { word: 'tried again', nextStep: 'Nothing yet: it is tried every quarter of an hour.' },
  done: {
    word: 'made no licence',
    nextStep: 'Give the subscription what it lacks at Stripe: its next event makes the licence.',
  },
} as const satisfies Record<StripeTrouble['state'], { word: string; nextStep: string }>

/** Parked ones come first and the newest of them before the others. */
function summaryOf(events: readonly StripeTrouble[]): string {
  const parked = events.filter(({ state }) => state === 'parked')
  const [newest] = parked
  if (!newest) return 'None is parked.'
  const count = parked.length === MOST_LISTED ? `${MOST_LISTED} or more` : String(parked.length)
  const came = `came ${minuteOf(newest.received_at)} UTC.`
  return parked.length === 1
    ? `1 is parked and not tried again by itself; it ${came}`
    : `${count} are parked and not tried again by themselves; the newest ${came}`
}

function triedText(id: string, event: StripeTrouble | null): string {
  return event === null ? `${id} is done with.` : `${id} was tried and stays as it is: see why.`
}
