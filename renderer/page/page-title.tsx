import { Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** The head of a page: what it is, a sentence about it, and what can be done here. */
export function PageTitle({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <Group className="pageTitle" justify="space-between" align="flex-start" wrap="nowrap">
      <div>
        <Title order={2} size="h3">
          {title}
        </Title>
        {children !== undefined && (
          <Text size="sm" c="dimmed" mt={2}>
            {children}
          </Text>
        )}
      </div>
      {actions !== undefined && <Group gap="xs">{actions}</Group>}
    </Group>
  )
}
