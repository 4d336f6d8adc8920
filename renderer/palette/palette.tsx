import '@mantine/spotlight/styles.css'
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { mayStart, mayStop } from '../fleet/bot-looks.ts'
import { useBulk, type BulkRequest } from '../fleet/bulk.tsx'
import { useFleet } from '../fleet/fleet-context.tsx'
import { Icon } from '../page/icon.tsx'
import type { Place } from '../place/place.ts'
import { goTo } from '../place/use-place.ts'
import { paletteStore } from './palette-store.ts'

const MOST_SHOWN = 60

export type PalettePage = Readonly<{ label: string; place: Place }>

/** Ctrl/Cmd-K: every page, every account and what can be done, by typing a part of its name. */
export function Palette({ pages }: { pages: readonly PalettePage[] }) {
  const { accounts = [], connection } = useFleet()
  const { ask } = useBulk()
  const actions: SpotlightActionGroupData[] = [
    {
      group: 'Accounts',
      actions: accounts.map(({ accountId, symbol, strategy, mode, state }) => ({
        id: `open ${accountId}`,
        label: accountId,
        description: `${mode === 'live' ? 'LIVE, ' : ''}${state}, ${symbol}, ${strategy}`,
        leftSection: <Icon name="accounts" />,
        onClick: () => goTo({ page: 'account', accountId, tab: undefined }),
      })),
    },
    {
      group: 'Pages',
      actions: [
        ...pages.map(({ label, place }) => ({ id: `go ${label}`, label, onClick: () => goTo(place) })),
        { id: 'add', label: 'Add an account', onClick: () => goTo({ page: 'add', from: undefined }) },
      ],
    },
    { group: 'Commands', actions: connection.kind === 'online' ? commandsFor(accounts, ask) : [] },
  ]
  return (
    <Spotlight
      store={paletteStore}
      actions={actions.filter(({ actions: found }) => found.length > 0)}
      shortcut={null}
      limit={MOST_SHOWN}
      highlightQuery
      scrollable
      maxHeight={420}
      // One that fades keeps the keyboard while it does, and the next key typed is lost in its field.
      transitionProps={{ duration: 0 }}
      nothingFound="Nothing of that name. Try a part of an account's id, or of a page's name."
      searchProps={{ placeholder: 'Account, page or command', 'aria-label': 'Account, page or command' }}
    />
  )
}

/** Whatever asks a question elsewhere asks it here too. */
function commandsFor(accounts: readonly AccountStatus[], ask: (request: BulkRequest) => void): SpotlightActionData[] {
  const command = (label: string, request: BulkRequest): SpotlightActionData => ({
    ...{ id: label, label },
    onClick: () => ask(request),
  })
  const ids = accounts.map(({ accountId, state }) => ({ accountId, state }))
  return [
    command('Stop all bots', { verb: 'stop', ids: 'all' }),
    command('Flatten all accounts', { verb: 'kill', ids: 'all' }),
    ...ids.filter(({ state }) => mayStart(state)).map(({ accountId }) => one('start', accountId)),
    ...ids.filter(({ state }) => mayStop(state)).map(({ accountId }) => one('stop', accountId)),
  ]

  function one(verb: 'start' | 'stop', accountId: string): SpotlightActionData {
    return command(`${verb === 'start' ? 'Start' : 'Stop'} ${accountId}`, { verb, ids: [accountId] })
  }
}
