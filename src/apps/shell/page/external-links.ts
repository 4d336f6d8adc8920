/**
 * Sites that the page links to, for the user's browser. A link to any other place does nothing, because a page that was
 * taken over could lead anywhere.
 */
const SITES = ['tradingview.com'] as const

/** Whether the user's browser may be given this address: https, on a known site, without a user name or a port in it. */
export function mayOpenOutside(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, port, username, password } = new URL(address)
  if (protocol !== 'https:' || port !== '' || username !== '' || password !== '') return false
  return SITES.some((site) => hostname === site || hostname.endsWith(`.${site}`))
}
