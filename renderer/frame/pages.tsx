import type { ComponentType } from 'react'
import { AccountsPage } from '../fleet/accounts-page.tsx'
import type { IconName } from '../page/icon.tsx'
import { lazyPart } from '../page/lazy-part.ts'
import type { PageProps } from '../place/page-props.ts'
import type { Place } from '../place/place.ts'

type PageOf<Name extends Place['page']> = Readonly<{
  /** In the title of the window, and what a screen reader hears on arrival. */
  title: string
  Page: ComponentType<PageProps<Name>>
  /** How it stands in the navigation; left out: it is reached from another page. */
  menu?: Readonly<{ label: string; icon: IconName }>
}>

/** Every page there is, in the order of the navigation. All but the first are loaded when somebody goes there. */
export const PAGES: { readonly [Name in Place['page']]?: PageOf<Name> } = {
  accounts: { title: 'Accounts', Page: AccountsPage, menu: { label: 'Accounts', icon: 'accounts' } },
  account: {
    title: 'Account',
    Page: lazyPart(async () => (await import('../account/account-page.tsx')).AccountPage),
  },
  add: {
    title: 'Add an account',
    Page: lazyPart(async () => (await import('../wizard/add-page.tsx')).AddPage),
  },
  edit: {
    title: 'Settings of an account',
    Page: lazyPart(async () => (await import('../wizard/edit-page.tsx')).EditPage),
  },
  logs: {
    title: 'Logs',
    Page: lazyPart(async () => (await import('../logs/logs-page.tsx')).LogsPage),
    menu: { label: 'Logs', icon: 'log' },
  },
  calendar: {
    title: 'Economic calendar',
    Page: lazyPart(async () => (await import('../calendar/calendar-page.tsx')).CalendarPage),
    menu: { label: 'Calendar', icon: 'calendar' },
  },
  cloud: {
    title: 'Licence and cloud',
    Page: lazyPart(async () => (await import('../cloud/cloud-page.tsx')).CloudPage),
    menu: { label: 'Cloud', icon: 'cloud' },
  },
  health: {
    title: 'Health',
    Page: lazyPart(async () => (await import('../health/health-page.tsx')).HealthPage),
    menu: { label: 'Health', icon: 'health' },
  },
  settings: {
    title: 'Settings',
    Page: lazyPart(async () => (await import('../settings/settings-page.tsx')).SettingsPage),
    menu: { label: 'Settings', icon: 'settings' },
  },
}

/** The pages of the navigation, as links. */
export function menuPages(): readonly Readonly<{ page: string; label: string; icon: IconName; place: Place }>[] {
  return Object.entries(PAGES).flatMap(([page, { menu }]) =>
    menu ? [{ page, ...menu, place: (page === 'logs' ? { page, accountIds: [] } : { page }) as Place }] : [],
  )
}
