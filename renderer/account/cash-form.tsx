import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { LONGEST_NOTE, type CashReply } from '../../src/contracts/cash-request.ts'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { CashMovementKind } from '../../src/domain/ledger/cash-movement.ts'
import { tell } from '../fleet/tell.tsx'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'

/** Longer than the launcher waits for a bot that asks a slow broker several times. */
const TIMEOUT_MS = 75_000

type Choice = Readonly<{ value: CashMovementKind; label: string; sign: '' | '-' }>

const CAME_IN: readonly Choice[] = [
  { value: 'deposit', label: 'A deposit', sign: '' },
  { value: 'interest', label: 'Interest', sign: '' },
  { value: 'fee', label: 'A fee that was given back', sign: '-' },
]
const WENT_OUT: readonly Choice[] = [
  { value: 'fee', label: 'A fee (data, inactivity, exchange)', sign: '' },
  { value: 'withdrawal', label: 'A withdrawal', sign: '' },
  { value: 'interest', label: 'Interest that was charged', sign: '-' },
]

type CashFormProps = Readonly<{
  accountId: string
  /** The broker's cash less the books', not 0. */
  difference: string
  currency: string
  onAnswer: () => void
}>

/** Says what money was that moved without a fill, and has the bot book it. */
export function CashForm({ accountId, difference, currency, onAnswer }: CashFormProps) {
  const { client } = useLauncher()
  const choices = difference.startsWith('-') ? WENT_OUT : CAME_IN
  const [kind, setKind] = useState('')
  const [amount, setAmount] = useState(difference.replace('-', ''))
  const [note, setNote] = useState('')
  const [isAsking, setAsking] = useState(false)
  // Kept until an answer has come: asked again after a lost one, the same is not booked twice.
  const [requestId, setRequestId] = useState(newRequestId)
  const choice = choices.find(({ value }) => value === kind)
  const booking = useMutation({
    mutationFn: ({ value, sign }: Choice) =>
      client.cash.book(
        { accountId, requestId, movement: { kind: value, amount: `${sign}${amount.trim()}`, note } },
        { context: { timeoutMs: TIMEOUT_MS } },
      ),
    onSuccess: (reply) => {
      setRequestId(newRequestId())
      if (reply.kind === 'booked') tellBooked(accountId, reply)
    },
    onSettled: onAnswer,
  })
  const why = refusalOf(booking.data, booking.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (choice) setAsking(true)
  }
  return (
    <>
      <form onSubmit={submit} aria-label="Money that moved without a fill">
        <Stack gap="xs" mt="xs">
          <Group gap="xs" align="flex-end">
            <NativeSelect
              size="xs"
              label="Book it as…"
              value={kind}
              onChange={(event) => setKind(event.currentTarget.value)}
              data={[{ value: '', label: 'What was it?' }, ...choices.map(({ value, label }) => ({ value, label }))]}
            />
            <TextInput
              size="xs"
              w={130}
              label={`Amount, ${currency}`}
              inputMode="decimal"
              autoComplete="off"
              value={amount}
              onChange={(event) => setAmount(event.currentTarget.value)}
            />
            <TextInput
              size="xs"
              label="Note"
              autoComplete="off"
              maxLength={LONGEST_NOTE}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            <Button size="xs" type="submit" variant="light" disabled={!choice} loading={booking.isPending}>
              Book it
            </Button>
          </Group>
          <Text size="xs" c="dimmed">
            Only money that moved without a fill. Fees and interest count in the result of the day; deposits and
            withdrawals change no limit.
          </Text>
          {why && <NoticePanel title="It was not booked" why={why} />}
        </Stack>
      </form>
      {/* Beside the form: what is confirmed in the dialog would count as sent in the form around it. */}
      {isAsking && choice && (
        <ConfirmDialog
          title={`Book ${amount.trim()} ${currency}?`}
          action="Book it"
          color="blue"
          onConfirm={() => booking.mutate(choice)}
          onClose={() => setAsking(false)}
        >
          {choice.label}: {amount.trim()} {currency} that {difference.startsWith('-') ? 'went out' : 'came in'} without
          a fill. The bot asks the broker once more, and books only what brings the books nearer to its word. It
          can&apos;t be taken back.
        </ConfirmDialog>
      )}
    </>
  )
}

function refusalOf(reply: CashReply | undefined, error: unknown): RefusalShape | undefined {
  if (error) return describeFailure(error)
  return reply?.kind === 'refused' ? reply.refusal : undefined
}

function tellBooked(accountId: string, { movement, cash, agrees }: Extract<CashReply, { kind: 'booked' }>): void {
  tell({
    tone: 'news',
    title: `${accountId}: booked`,
    message: `${movement.change} ${movement.currency} as ${movement.kind}. Cash is ${cash} ${movement.currency} now${
      agrees ? '; books and broker agree.' : '; books and broker still differ.'
    }`,
  })
}

function newRequestId(): string {
  return `page-${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
