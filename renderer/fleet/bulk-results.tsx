import { Modal, Table, Text } from '@mantine/core'
import { Icon } from '../page/icon.tsx'
import { BULK_WORDS, bulkSummary, type BulkRow, type BulkVerb } from './bulk-outcomes.ts'

type BulkResultsProps = Readonly<{
  shown: Readonly<{ verb: BulkVerb; rows: readonly BulkRow[] }> | undefined
  onClose: () => void
}>

/** What became of each account, the trouble first. */
export function BulkResults({ shown, onClose }: BulkResultsProps) {
  return (
    <Modal
      opened={shown !== undefined}
      onClose={onClose}
      title={shown && `${BULK_WORDS[shown.verb]}: ${bulkSummary(shown.rows)}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {shown && (
        <div className="bulkResults" tabIndex={0} role="region" aria-label="What became of each account">
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Account</Table.Th>
                <Table.Th scope="col">Outcome</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.rows.map(({ accountId, isDone, text, nextStep }) => (
                <Table.Tr key={accountId}>
                  <Table.Th scope="row">{accountId}</Table.Th>
                  <Table.Td>
                    <span className="outcome" data-done={isDone || undefined}>
                      <Icon name={isDone ? 'online' : 'crashed'} size={12} />
                      {text}
                    </span>
                    {nextStep && (
                      <Text size="xs" mt={2}>
                        <b>Next:</b> {nextStep}
                      </Text>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Modal>
  )
}
