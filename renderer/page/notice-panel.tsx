import { Alert, Button, Code, Text } from '@mantine/core'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'

type NoticePanelProps = Readonly<{
  title: string
  why: RefusalShape
  color?: string
  /** Offers to try again. */
  onRetry?: () => void
}>

/** Something that is not as it should be: what, why, and what to do now. */
export function NoticePanel({ title, why, color = 'red', onRetry }: NoticePanelProps) {
  return (
    <Alert title={title} color={color} variant="light" py="xs">
      <Text size="sm">{why.message}</Text>
      <Text size="sm" mt={4}>
        <b>Next:</b> {why.nextStep} <Code ml={6}>{why.code}</Code>
      </Text>
      {onRetry && (
        <Button mt="xs" size="compact-sm" variant="light" color={color} onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  )
}
