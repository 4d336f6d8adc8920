import { Group, Loader, Text } from '@mantine/core'
import { useEffect, useRef, type ComponentType } from 'react'
import { StateAnnouncer } from '../fleet/state-announcer.tsx'
import { countStates } from '../fleet/bot-looks.ts'
import { useFleet } from '../fleet/fleet-context.tsx'
import { FleetProvider } from '../fleet/fleet-provider.tsx'
import type { Connection } from '../live/connection.ts'
import { useConnection } from '../live/live-context.tsx'
import { LoadedPart } from '../page/loaded-part.tsx'
import { PageHeader } from '../page/page-header.tsx'
import type { Place } from '../place/place.ts'
import { usePlace } from '../place/use-place.ts'
import { GlobalKeys } from '../palette/global-keys.tsx'
import { Navigation } from './navigation.tsx'
import { menuPages, PAGES } from './pages.tsx'
import { StaleNotice } from './stale-notice.tsx'

/** What stands around every page: the fleet and how fresh it is, the way to the other pages. */
export function Frame() {
  return (
    <FleetProvider>
      <FramedPage />
    </FleetProvider>
  )
}

function FramedPage() {
  const place = usePlace()
  const connection = useConnection()
  const shown = PAGES[place.page] ?? PAGES.accounts!
  const Page = shown.Page as ComponentType<{ place: Place }>
  const title = place.page === 'account' ? place.accountId : shown.title
  const main = useArrival(`${place.page} ${title}`)
  return (
    <div className="page">
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the page
      </a>
      <GlobalKeys pages={menuPages()} />
      <PageHeader connection={connection} />
      <FleetTold title={title} connection={connection} />
      <div className="framed">
        <Navigation place={place} />
        <main ref={main} id="main" tabIndex={-1} className="main" aria-label={title}>
          {connection.kind === 'stale' && <StaleNotice connection={connection} />}
          <LoadedPart key={place.page} fallback={<Loading />} isOnline={connection.kind === 'online'}>
            <Page key={place.page === 'account' ? place.accountId : place.page} place={place} />
          </LoadedPart>
        </main>
      </div>
    </div>
  )
}

/** What of the fleet is told in the window's title, and aloud. Apart, because figures change many times a second. */
function FleetTold({ title, connection }: { title: string; connection: Connection }) {
  const { accounts } = useFleet()
  const crashed = accounts === undefined ? 0 : countStates(accounts).crashed
  useEffect(() => {
    document.title = `${crashed === 0 ? '' : `${crashed} crashed \u2013 `}${title} \u2013 Slipway`
  }, [crashed, title])
  return accounts && <StateAnnouncer accounts={accounts} connection={connection} />
}

/** Moves the focus to the page when another one is shown, so that a keyboard goes on from there. */
function useArrival(where: string) {
  const main = useRef<HTMLElement>(null)
  const before = useRef(where)
  useEffect(() => {
    if (before.current === where) return
    before.current = where
    main.current?.focus({ preventScroll: true })
  }, [where])
  return main
}

function Loading() {
  return (
    <Group p="xl" justify="center">
      <Loader size="sm" />
      <Text>Loading …</Text>
    </Group>
  )
}
