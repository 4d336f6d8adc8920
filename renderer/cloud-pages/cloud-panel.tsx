import { ActionIcon, Group, Loader, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId, type ReactNode } from 'react'
import type { z } from 'zod'
import type { CloudRoute } from '../../src/contracts/cloud/route.ts'
import { Icon } from '../page/icon.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { askCloud, whyOf } from './ask-cloud.ts'

type CloudPanelProps<In extends z.ZodType, Out extends z.ZodType> = Readonly<{
  title: string
  route: CloudRoute<In, Out>
  input: z.input<In>
  /** What can be done with all of it. */
  tools?: ReactNode
  /** `at`: when it was answered, epoch ms. */
  children: (answer: z.output<Out>, at: number) => ReactNode
}>

/** One listing of the server in each of its states. Asked again when somebody wants it: every look is written down. */
export function CloudPanel<In extends z.ZodType, Out extends z.ZodType>(props: CloudPanelProps<In, Out>) {
  const { title, route, input, tools, children } = props
  const id = useId()
  const query = useQuery({
    queryKey: [route.path, input],
    queryFn: ({ signal }) => askCloud(route, input, signal),
  })
  return (
    <section className="panel" aria-labelledby={id}>
      <Group justify="space-between" pr="sm">
        <h3 id={id} className="panelTitle">
          {title}
        </h3>
        <Group gap="xs" p={6}>
          {tools}
          <ActionIcon
            variant="default"
            aria-label={`Read again: ${title}`}
            title="Read again"
            loading={query.isFetching}
            onClick={() => void query.refetch()}
          >
            <Icon name="restart" />
          </ActionIcon>
        </Group>
      </Group>
      {query.error && (
        <NoticePanel
          title={query.data === undefined ? 'This could not be read.' : 'This could not be brought up to date.'}
          why={whyOf(query.error)}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.isPending && !query.error && (
        <Group p="md">
          <Loader size="xs" /> <Text size="sm">Asking the server …</Text>
        </Group>
      )}
      {query.data !== undefined && children(query.data, query.dataUpdatedAt)}
    </section>
  )
}
