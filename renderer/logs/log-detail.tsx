import { ActionIcon, Button, CopyButton, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { LogRow } from '../../src/contracts/launcher/logs.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { Icon } from '../page/icon.tsx'
import type { Times } from '../format/zoned-times.ts'
import { lineParts } from './line-parts.ts'

type LogDetailProps = Readonly<{ line: LogRow; number: number | undefined; times: Times; onClose: () => void }>

/** Everything one line says: its fields, or the text as it stands. */
export function LogDetail({ line, number, times, onClose }: LogDetailProps) {
  const { client } = useLauncher()
  // The list has the beginning of a long line only.
  const isCut = new Blob([line.raw]).size < line.bytes
  const whole = useQuery({
    queryKey: ['log line', line.accountId, line.segment, line.offset],
    queryFn: ({ signal }) =>
      client.logs.line(
        { id: line.accountId, offset: line.offset, ...(line.segment === null ? {} : { segment: line.segment }) },
        { signal },
      ),
    enabled: isCut,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const raw = (isCut ? whole.data?.raw : undefined) ?? line.raw
  const parts = lineParts(raw)
  return (
    <section className="logDetail" aria-label="The chosen line">
      <Group justify="space-between" wrap="nowrap" className="logDetailHead">
        <Text size="sm" fw={600}>
          {number === undefined ? 'Line' : `Line ${(number + 1).toLocaleString('en')}`} of {line.accountId}
          {line.time !== null && (
            <Text span size="xs" c="dimmed" ml={8}>
              {times.second(line.time)} {times.zoneName}
            </Text>
          )}
        </Text>
        <Group gap={6} wrap="nowrap">
          <CopyButton value={raw} timeout={2_000}>
            {({ copied, copy }) => (
              <Button size="compact-xs" variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy line'}
              </Button>
            )}
          </CopyButton>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Close the line" onClick={onClose}>
            <Icon name="close" size={12} />
          </ActionIcon>
        </Group>
      </Group>
      <div className="logDetailBody" tabIndex={0} role="region" aria-label="Fields of the line">
        {isCut && whole.isPending && <Text size="xs">Asking for the whole line …</Text>}
        {whole.error && <Text size="xs">{describeFailure(whole.error).message}</Text>}
        {parts ? (
          <dl className="logFields">
            {parts.map(({ name, text, isLong }) => (
              <div key={name} data-long={isLong || undefined}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        ) : (
          <>
            <Text size="xs" c="dimmed" mb={4}>
              This line is torn, or another program wrote it. It is shown as it stands in the file.
            </Text>
            <pre className="logRaw">{raw}</pre>
          </>
        )}
      </div>
    </section>
  )
}
