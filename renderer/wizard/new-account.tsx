import { Alert, Button, Group, Text } from '@mantine/core'
import { useCallback, useState } from 'react'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import { AccountForm } from './account-form.tsx'
import type { Credentials } from './credentials-step.tsx'
import type { Draft } from './draft.ts'
import { forgetForm, keepForm, readKeptForm, resumeAt } from './kept-form.ts'
import type { StepProps, Step } from './steps.ts'

type NewAccountProps = Readonly<{
  /** What the form starts with where nothing was typed. */
  start: Draft
  /** Whose twin it is, '' for none: each has a form of its own. */
  like: string
  facts: Pick<StepProps, 'strategies' | 'series' | 'taken'>
  isBusy: boolean
  failure: RefusalShape | undefined
  onSubmit: (draft: Draft, credentials: Credentials) => void
  onCancel: () => void
}>

/** The form of a new account, with what was typed before the window was loaded anew. */
export function NewAccount({ start, like, onCancel, ...rest }: NewAccountProps) {
  const storage = window.sessionStorage
  const [kept, setKept] = useState(() => readKeptForm(storage, like))
  const [round, setRound] = useState(0)
  // Of what the page offers at first, not of a twin's id that is found anew whenever accounts are read.
  const [first] = useState(start)
  const keep = useCallback(
    (draft: Draft, step: Step) => {
      const isUntouched = step === 'broker' && JSON.stringify(draft) === JSON.stringify(first)
      if (isUntouched) forgetForm(storage, like)
      else keepForm(storage, like, { draft, step })
    },
    [storage, like, first],
  )
  const discard = () => {
    forgetForm(storage, like)
    setKept(undefined)
    setRound(round + 1)
  }
  return (
    <>
      {kept && (
        <Alert color="gray" role="status" mb="sm">
          <Group justify="space-between" gap="sm">
            <Text size="sm">This is what you had typed before. Secrets are not kept: type them again.</Text>
            <Button size="compact-sm" variant="default" onClick={discard}>
              Discard it
            </Button>
          </Group>
        </Alert>
      )}
      <AccountForm
        key={round}
        {...rest}
        start={kept?.draft ?? first}
        startAt={kept ? resumeAt(kept) : 'broker'}
        before={undefined}
        submitLabel="Add the account"
        onTyped={keep}
        onCancel={() => {
          forgetForm(storage, like)
          onCancel()
        }}
      />
    </>
  )
}
