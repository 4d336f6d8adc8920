import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Icon } from '../page/icon.tsx'
import type { BulkQuestion } from './bulk-question.ts'

type BulkDialogProps = Readonly<{
  /** Undefined: nothing is asked. */
  question: BulkQuestion | undefined
  isOnline: boolean
  onCancel: () => void
  onConfirm: (reason: string) => void
  /** Offered beside the answer where it is the next thing somebody may want. */
  onFlattenAll: (() => void) | undefined
}>

/** Asks before something is done to many accounts; the worst of it only after a word has been typed. */
export function BulkDialog(props: BulkDialogProps) {
  const { question, onCancel } = props
  return (
    <Modal
      opened={question !== undefined}
      onClose={onCancel}
      title={question?.title}
      centered
      size="md"
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      {question && <Question key={question.title} {...props} question={question} />}
    </Modal>
  )
}

function Question({
  question,
  isOnline,
  onCancel,
  onConfirm,
  onFlattenAll,
}: BulkDialogProps & { question: BulkQuestion }) {
  const { live, lines, word, color, typed } = question
  const [text, setText] = useState('')
  const [reason, setReason] = useState('')
  const isTyped = typed === undefined || text.trim().toUpperCase() === typed
  const isOff = !isOnline || !isTyped
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!isOff) onConfirm(reason.trim())
      }}
    >
      <Stack gap="sm">
        {live !== undefined && (
          <div className="liveLine">
            <Icon name="live" size={16} /> {live}
          </div>
        )}
        {lines.map((line) => (
          <Text size="sm" key={line}>
            {line}
          </Text>
        ))}
        {typed !== undefined && (
          <>
            <TextInput
              data-autofocus
              label={`Type ${typed} to go on`}
              value={text}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <TextInput
              label="Why (optional; shown until it is released)"
              value={reason}
              maxLength={200}
              autoComplete="off"
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </>
        )}
        {!isOnline && (
          <Text size="sm" c="var(--loss)" role="alert">
            The launcher does not answer right now. From a terminal: npx slipway stop --all, or npx slipway flatten
            --all
          </Text>
        )}
        <Group justify="space-between" mt="xs">
          {onFlattenAll ? (
            <Button variant="subtle" color="red" onClick={onFlattenAll}>
              Flatten all …
            </Button>
          ) : (
            <span />
          )}
          <Group gap="xs">
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
            <Button
              type="submit"
              color={color}
              disabled={isOff}
              {...(typed === undefined ? { 'data-autofocus': true } : {})}
            >
              {word}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}
