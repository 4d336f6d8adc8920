import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'

type AskedButtonProps = Readonly<{
  /** On the button: `Revoke`. */
  label: string
  /** What the row is called, for those who hear the page. */
  of: string
  /** Asks for a reason of at least three letters. */
  reason?: boolean
  busy: boolean
  onSure: (reason: string) => void
}>

/**
 * A button that asks once more, in its place, before it does what can't be undone. The keyboard's focus goes with it: to
 * what is asked, and back.
 */
export function AskedButton({ label, of, reason = false, busy, onSure }: AskedButtonProps) {
  const [asked, setAsked] = useState<'not yet' | 'now' | 'answered'>('not yet')
  const [why, setWhy] = useState('')
  if (asked !== 'now')
    return (
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`${label} ${of}`}
        autoFocus={asked === 'answered'}
        onClick={() => setAsked('now')}
      >
        {label} …
      </Button>
    )
  const leave = () => (setAsked('answered'), setWhy(''))
  return (
    <Group gap="xs" wrap="nowrap" onKeyDown={({ key }) => key === 'Escape' && leave()}>
      {reason && (
        <TextInput
          size="xs"
          aria-label={`Reason to ${label.toLowerCase()} ${of}`}
          placeholder="Reason"
          value={why}
          maxLength={200}
          onChange={(event) => setWhy(event.currentTarget.value)}
          autoFocus
        />
      )}
      <Button
        size="compact-xs"
        color="red"
        loading={busy}
        disabled={reason && why.trim().length < 3}
        onClick={() => (onSure(why.trim()), leave())}
      >
        {label}
      </Button>
      <Button size="compact-xs" variant="default" onClick={leave} autoFocus={!reason}>
        Cancel
      </Button>
    </Group>
  )
}
