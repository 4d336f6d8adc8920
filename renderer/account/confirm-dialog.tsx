import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useEffect, useState, type FormEvent, type ReactNode } from 'react'

type ConfirmDialogProps = Readonly<{
  title: string
  children: ReactNode
  /** Must be typed before the button works; left out, pressing it is enough. */
  typed?: string | undefined
  action: string
  color: string
  onConfirm: () => void
  onClose: () => void
}>

/** Asks before something that can not be taken back. */
export function ConfirmDialog({ title, children, typed, action, color, onConfirm, onClose }: ConfirmDialogProps) {
  const [text, setText] = useState('')
  useFocusBack()
  const isReady = typed === undefined || text.trim() === typed
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isReady) return
    onClose()
    onConfirm()
  }
  return (
    <Modal opened onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm" component="div">
            {children}
          </Text>
          {typed !== undefined && (
            <TextInput
              data-autofocus
              label={`Type ${typed} to confirm`}
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} {...(typed === undefined ? { 'data-autofocus': true } : {})}>
              Cancel
            </Button>
            <Button type="submit" color={color} disabled={!isReady}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** Where the keyboard was is where it goes on; a dialog that is gone with its answer gives it back to nobody. */
function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (document.activeElement === document.body && before instanceof HTMLElement)
        before.focus({ preventScroll: true })
    },
    [before],
  )
}
