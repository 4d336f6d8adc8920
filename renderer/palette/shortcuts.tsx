import { Kbd, Table } from '@mantine/core'
import { Fragment } from 'react'

/** Every key that does something, by where it works. */
export const SHORTCUTS: readonly (readonly [keys: readonly string[], does: string, where: string])[] = [
  [['Ctrl/⌘', 'K'], 'Find an account, a page or a command', 'Everywhere'],
  [['Ctrl/⌘', '.'], 'Stop all bots; Enter confirms. Flatten all is offered beside it', 'Everywhere'],
  [['?'], 'Show these keys', 'Everywhere'],
  [['g'], 'then a: accounts, l: logs, c: calendar, o: cloud, h: health, s: settings', 'Everywhere'],
  [['↑', '↓'], 'The account above or below; with Shift, choose on the way', 'Accounts, on a box'],
  [['Space'], 'Choose the account; Shift with a click chooses a range', 'Accounts, on a box'],
  [['Ctrl/⌘', 'A'], 'Choose all accounts that are shown; Esc chooses none', 'Accounts, in the table'],
  [['Enter'], 'Read the chosen line whole; Esc goes back', 'In a log'],
  [['End'], 'To the newest line, and follow', 'In a log'],
  [['Home'], 'To the first line', 'In a log'],
  [['↑', '↓'], 'From line to line; with Shift, choose on the way', 'In a log'],
  [['/'], 'Search; n and N go from match to match', 'In a log'],
  [['t'], 'Go to a time', 'In a log'],
  [['f'], 'Follow the end, or stop', 'In a log'],
  [['c'], 'Copy the chosen lines', 'In a log'],
]

/** What is held while the other is pressed; of other pairs either does. */
const MODIFIERS: ReadonlySet<string> = new Set(['Ctrl/⌘'])

export function Shortcuts() {
  return (
    <Table verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Keys</Table.Th>
          <Table.Th scope="col">What they do</Table.Th>
          <Table.Th scope="col">Where</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {SHORTCUTS.map(([keys, does, where]) => (
          <Table.Tr key={does}>
            <Table.Td style={{ whiteSpace: 'nowrap' }}>
              {keys.map((key, at) => (
                <Fragment key={key}>
                  {at > 0 && (MODIFIERS.has(keys[0]!) ? ' + ' : ' or ')}
                  <Kbd>{key}</Kbd>
                </Fragment>
              ))}
            </Table.Td>
            <Table.Td>{does}</Table.Td>
            <Table.Td>{where}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
