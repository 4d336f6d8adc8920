import '@mantine/spotlight/styles.css'
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { useFleet } from '../fleet/fleet-context.tsx'
import { Icon } from '../page/icon.tsx'
import type { Place } from '../place/place.ts'
import { goTo } from '../place/use-place.ts'
import { paletteStore } from './palette-store.ts'

const MOST_SHOWN = 60

export type PalettePage = Readonly<{ label: string; place: Place }>

/** Ctrl/Cmd-K: every page and every account, by typing a part of its name. */
export function Palette({ pages }: { pages: readonly PalettePage[] }) {
  const { accounts = [] } = useFleet()
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
      actions: pages.map(({ label, place }) => ({ id: `go ${label}`, label, onClick: () => goTo(place) })),
    },
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
      nothingFound="Nothing of that name. Try a part of an account's id, or of a page's name."
      searchProps={{ placeholder: 'Account or page', 'aria-label': 'Account or page' }}
    />
  )
}
