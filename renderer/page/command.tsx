import { ActionIcon, Code, CopyButton, Group } from '@mantine/core'
import { Icon } from './icon.tsx'

/** A command to type, with a button that copies it. */
export function Command({ text }: { text: string }) {
  return (
    <Group gap="xs" wrap="nowrap" className="command">
      <Code block className="commandText">
        {text}
      </Code>
      <CopyButton value={text} timeout={2_000}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="default"
            size="lg"
            onClick={copy}
            aria-label={copied ? 'Copied' : `Copy: ${text}`}
            title={copied ? 'Copied' : 'Copy'}
          >
            <Icon name={copied ? 'online' : 'copy'} />
          </ActionIcon>
        )}
      </CopyButton>
    </Group>
  )
}
