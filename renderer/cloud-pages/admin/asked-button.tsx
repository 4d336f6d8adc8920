import { Button, Group, TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'

type AskedButtonProps = Readonly<{
  /** On the button: `Revoke`. */
  label: string
  /** What the row is called, for those who hear the page. */
  of: string
  /** Asks for a reason of at least three letters. */
  reason?: boolean
  busy: boolean
  onSure: (reason: string) => void
  children?: ReactNode
}>

/** A button that asks once more, in its place, before it does what can't be undone. */
export function AskedButton({ label, of, reason = false, busy, onSure }: AskedButtonProps) {
  const [asked, setAsked] = useState(false)
  const [why, setWhy] = useState('')
  if (!asked)
    return (
      <Button size="compact-xs" variant="default" aria-label={`${label} ${of}`} onClick={() => setAsked(true)}>
        {label} …
      </Button>
    )
  return (
    <Group gap="xs" wrap="nowrap">
      {reason && (
        <TextInput
          size="xs"
          aria-label={`Reason to ${label.toLowerCase()} ${of}`}
          placeholder="Reason"
          value={why}
          maxLength={200}
          onChange={(event) => setWhy(event.currentTarget.value)}
          data-autofocus
        />
      )}
      <Button
        size="compact-xs"
        color="red"
        loading={busy}
        disabled={reason && why.trim().length < 3}
        onClick={() => (onSure(why.trim()), setAsked(false), setWhy(''))}
      >
        {label}
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => setAsked(false)}>
        Cancel
      </Button>
    </Group>
  )
}
