import { Alert, List, Stack, TextInput } from '@mantine/core'
import { Icon } from '../page/icon.tsx'
import type { Draft } from './draft.ts'

type LiveQuestionProps = Readonly<{ draft: Draft; typed: string; onType: (typed: string) => void }>

/** What has to be typed before an account trades real money: its id. */
export function isLiveConfirmed(draft: Draft, typed: string): boolean {
  return typed.trim() === draft.accountId
}

/** Says what changes when an account goes live, and asks to type its id. */
export function LiveQuestion({ draft, typed, onType }: LiveQuestionProps) {
  return (
    <Alert
      color="red"
      variant="outline"
      icon={<Icon name="live" size={20} />}
      title="This account will trade LIVE, with real money."
    >
      <Stack gap="sm">
        <List size="sm" spacing={4}>
          <List.Item>
            Orders go to {draft.values['gateway.url'] ?? 'the gateway'} and are filled at a real venue. A fill can not
            be taken back.
          </List.Item>
          <List.Item>
            Losses are real. The limits of the step before are all that stands between the strategy and them.
          </List.Item>
          <List.Item>
            Entries need a valid licence; exits, stops and closing never do. Without a connection to the venue, orders
            that are there stay there.
          </List.Item>
          <List.Item>
            Books start new: nothing of a paper account of the same id is taken over while it holds something.
          </List.Item>
        </List>
        <TextInput
          label={`Type ${draft.accountId} to confirm`}
          value={typed}
          onChange={(event) => onType(event.currentTarget.value)}
          autoComplete="off"
          maw={360}
          error={typed !== '' && !isLiveConfirmed(draft, typed) ? 'This is not the id of the account.' : undefined}
        />
      </Stack>
    </Alert>
  )
}
