import { Icon } from '../page/icon.tsx'
import { hashOf, type Place } from '../place/place.ts'
import { menuPages } from './pages.tsx'

/** Which entry of the navigation a place belongs under. */
const UNDER: Partial<Record<Place['page'], Place['page']>> = { account: 'accounts', add: 'accounts', edit: 'accounts' }

/** The way to every page. */
export function Navigation({ place }: { place: Place }) {
  const here = UNDER[place.page] ?? place.page
  return (
    <nav className="navigation" aria-label="Pages">
      <ul>
        {menuPages().map(({ page, label, icon, place: to }) => (
          <li key={page}>
            <a href={hashOf(to)} aria-current={page === here ? 'page' : undefined}>
              <Icon name={icon} size={18} />
              <span>{label}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
