import { Button, Group, Popover, Text, TextInput } from '@mantine/core'
import { useState } from 'react'

type TimeJumpProps = Readonly<{
  isOpen: boolean
  /** Where the time is typed, while it is open. */
  field: React.Ref<HTMLInputElement>
  onOpen: (isOpen: boolean) => void
  zoneName: string
  /** @returns what is wrong with it; undefined when the list goes there */
  onJump: (typed: string) => string | undefined
}>

/** Asks for a time, and brings the list there. */
export function TimeJump({ isOpen, field, onOpen, zoneName, onJump }: TimeJumpProps) {
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState<string>()
  const jump = (event: React.FormEvent) => {
    event.preventDefault()
    const why = onJump(typed)
    setWrong(why)
    if (why === undefined) onOpen(false)
  }
  return (
    <Popover
      opened={isOpen}
      onChange={onOpen}
      position="bottom-end"
      trapFocus
      returnFocus
      shadow="md"
      width={300}
      // Nothing fades: what is typed at once goes to the field, and after it to the list.
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <Button size="xs" variant="default" title="Go to a time (t)" onClick={() => onOpen(!isOpen)}>
          Go to time
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={jump}>
          <TextInput
            size="xs"
            label={`Time (${zoneName})`}
            placeholder="14:30 or 2026-01-31 14:30"
            ref={field}
            data-autofocus
            // What was typed last is there to be changed, or typed over.
            onFocus={(event) => event.currentTarget.select()}
            maxLength={40}
            value={typed}
            error={wrong}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="space-between" mt={8} wrap="nowrap">
            <Text size="xs" c="dimmed">
              Or back from the end: 15m, 2h, 3d
            </Text>
            <Button type="submit" size="xs">
              Go
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
