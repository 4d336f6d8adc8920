import { hashOf, type Place } from '../place/place.ts'
import { Icon } from '../page/icon.tsx'
import { PAGES } from './pages.tsx'

/** Which entry of the navigation a place belongs under. */
const UNDER: Partial<Record<Place['page'], Place['page']>> = { account: 'accounts', add: 'accounts', edit: 'accounts' }

/** The way to every page. */
export function Navigation({ place }: { place: Place }) {
  const here = UNDER[place.page] ?? place.page
  return (
    <nav className="navigation" aria-label="Pages">
      <ul>
        {Object.entries(PAGES).map(([page, { menu }]) =>
          menu ? (
            <li key={page}>
              <a
                href={hashOf(page === 'logs' ? { page, accountIds: [] } : ({ page } as Place))}
                aria-current={page === here ? 'page' : undefined}
              >
                <Icon name={menu.icon} size={18} />
                <span>{menu.label}</span>
              </a>
            </li>
          ) : null,
        )}
      </ul>
    </nav>
  )
}
