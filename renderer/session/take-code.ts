/**
 * Takes the one-time code out of the page's address: `#code=…` is replaced at once, without a new entry in the history.
 *
 * @returns undefined when the address has none
 */
export function takeCode(location: Pick<Location, 'protocol' | 'hash' | 'pathname' | 'search'>, history: History) {
  // The desktop window's door lets nobody else in, and asks for no session.
  if (location.protocol === 'app:') return undefined
  const fragment = new URLSearchParams(location.hash.slice(1))
  const code = fragment.get('code')
  if (code === null) return undefined
  fragment.delete('code')
  const rest = fragment.toString()
  history.replaceState(null, '', `${location.pathname}${location.search}${rest === '' ? '' : `#${rest}`}`)
  return code === '' ? undefined : code
}
