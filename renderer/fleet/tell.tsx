import { Button, Code, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Notice } from './describe-outcome.ts'

const NEWS_MS = 6_000

/** Shows a message below the page; a refusal stays until somebody has read it. */
export function tell({ tone, title, message, nextStep, code, action }: Notice): void {
  // The same news about the same account replaces the old one instead of piling up.
  const id = title
  notifications.hide(id)
  notifications.show({
    id,
    title,
    color: tone === 'refused' ? 'red' : tone === 'warning' ? 'orange' : 'blue',
    autoClose: tone === 'refused' ? false : NEWS_MS * (tone === 'warning' ? 2 : 1),
    closeButtonProps: { 'aria-label': 'Close this message' },
    message: (
      <>
        <Text size="sm" c="var(--mantine-color-text)">
          {message}
        </Text>
        {nextStep && (
          <Text size="sm" mt={4} c="var(--mantine-color-text)">
            <b>Next:</b> {nextStep}
          </Text>
        )}
        {code && <Code mt={6}>{code}</Code>}
        {action && (
          <Button
            mt="xs"
            size="compact-sm"
            variant="light"
            onClick={() => {
              notifications.hide(id)
              action.act()
            }}
          >
            {action.word}
          </Button>
        )}
      </>
    ),
  })
}
