import { Badge, Group, Title } from '@mantine/core'
import { useTimes } from '../preferences/use-times.ts'
import type { Connection } from '../fleet/fleet-view.ts'
import { Icon } from './icon.tsx'

/** The product's name, and whether what the page shows is what is. */
export function PageHeader({ connection }: { connection?: Connection }) {
  return (
    <Group component="header" className="header" justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap">
        <img src="./icon.svg" alt="" width={28} height={28} />
        <Title order={1} size="h3">
          Slipway
        </Title>
      </Group>
      {connection && <ConnectionBadge connection={connection} />}
    </Group>
  )
}

function ConnectionBadge({ connection }: { connection: Connection }) {
  const times = useTimes()
  switch (connection.kind) {
    case 'connecting':
      return (
        <Badge variant="light" color="gray" leftSection={<Icon name="moving" size={12} />}>
          Connecting
        </Badge>
      )
    case 'online':
      return (
        <Badge
          variant="light"
          color="teal"
          leftSection={<Icon name="online" size={12} />}
          title="What you see is live."
        >
          Online
        </Badge>
      )
    case 'stale':
      return (
        <Badge variant="filled" color="orange.9" leftSection={<Icon name="blind" size={12} />}>
          {connection.since === undefined
            ? 'Not connected'
            : `Stale since ${times.timeOfDay(connection.since)} ${times.zoneName}`}
        </Badge>
      )
  }
}
