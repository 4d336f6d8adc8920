/** Where on the page somebody is; kept in the address, so that it outlives a reload and the back button works. */
export type Place =
  | { readonly page: 'accounts' }
  | { readonly page: 'account'; readonly accountId: string; readonly tab: string | undefined }
  /** `from`: the account whose settings the new one starts with. */
  | { readonly page: 'add'; readonly from: string | undefined }
  | { readonly page: 'edit'; readonly accountId: string }
  /** `accountIds`: whose logs are shown; all when empty. */
  | { readonly page: 'logs'; readonly accountIds: readonly string[] }
  | { readonly page: 'calendar' }
  | { readonly page: 'cloud' }
  | { readonly page: 'settings' }
  | { readonly page: 'health' }

export const HOME: Place = { page: 'accounts' }

/** @param hash of an address, with its `#`; anything unknown is the home page */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [page, ...rest] = path.split('/').map(decoded)
  const asked = new URLSearchParams(query)
  const [id, tab] = rest
  switch (page) {
    case 'account':
      return id ? { page, accountId: id, tab: tab || undefined } : HOME
    case 'edit':
      return id ? { page, accountId: id } : HOME
    case 'add':
      return { page, from: asked.get('from') ?? undefined }
    case 'logs':
      return { page, accountIds: asked.getAll('account') }
    case 'calendar':
    case 'cloud':
    case 'settings':
    case 'health':
      return { page }
    default:
      return HOME
  }
}

/** The address of a place, as {@link placeOf} reads it; starts with `#`. */
export function hashOf(place: Place): string {
  switch (place.page) {
    case 'account':
      return `#/account/${encodeURIComponent(place.accountId)}${place.tab ? `/${encodeURIComponent(place.tab)}` : ''}`
    case 'edit':
      return `#/edit/${encodeURIComponent(place.accountId)}`
    case 'add':
      return place.from ? `#/add?${new URLSearchParams({ from: place.from })}` : '#/add'
    case 'logs': {
      const asked = new URLSearchParams(place.accountIds.map((id) => ['account', id]))
      return asked.size === 0 ? '#/logs' : `#/logs?${asked}`
    }
    default:
      return `#/${place.page}`
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}
