const SEGMENTS = 8
/** What one household or one rented machine gets of IPv6: all of it counts as one caller. */
const SEGMENTS_OF_A_CALLER = 4
/** Longest text form of an address. */
const LONGEST = 45

/**
 * By which address a caller is known.
 *
 * @param peer        of the connection; undefined for the private socket
 * @param forwardedFor the header, only where a proxy of ours stands in front: its last hop is what that proxy saw, all
 *                    before it is what the caller claims
 * @returns `local`, an IPv4 address, or the first 64 bits of an IPv6 address
 */
export function callerAddress(peer: string | undefined, forwardedFor: string | undefined): string {
  if (peer === undefined) return 'local'
  // Some proxies tell the port too, and each connection has another.
  const hop = forwardedFor
    ?.split(',')
    .at(-1)
    ?.trim()
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  return shortened(hop !== undefined && hop.length <= LONGEST && /^[0-9a-f.:]{3,}$/i.test(hop) ? hop : peer)
}

function shortened(address: string): string {
  const embedded = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (embedded) return embedded
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.split('%')[0]!.toLowerCase().split('::')
  const given = (part: string) => (part === '' ? [] : part.split(':'))
  const gap = Math.max(0, SEGMENTS - given(head).length - given(tail).length)
  const all = address.includes('::') ? [...given(head), ...Array<string>(gap).fill('0'), ...given(tail)] : given(head)
  const kept = all.slice(0, SEGMENTS_OF_A_CALLER).map((segment) => Number.parseInt(segment, 16).toString(16))
  return `${kept.join(':')}::/64`
}
