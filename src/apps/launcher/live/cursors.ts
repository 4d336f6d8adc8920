import { createHash } from 'node:crypto'

/** How far every topic of a stream has been told, as an event id: header-safe, whatever the topics are called. */
export function cursorText(cursors: ReadonlyMap<string, string>): string {
  return [...cursors].map(([topic, cursor]) => `${keyOf(topic)}=${cursor}`).join('&')
}

/** Where a reader with this event id was; topics it knows nothing of are undefined. */
export function cursorsOf(id: string | undefined): Readonly<{ get(topic: string): string | undefined }> {
  const held = new Map(
    (id ?? '').split('&').flatMap((part): [string, string][] => {
      const at = part.indexOf('=')
      return at > 0 ? [[part.slice(0, at), part.slice(at + 1)]] : []
    }),
  )
  return { get: (topic) => held.get(keyOf(topic)) }
}

/** Names of topics may hold anything, a pattern of a thousand signs among it. */
function keyOf(topic: string): string {
  return /^[a-z-]+(:[A-Za-z0-9._-]{1,64}){0,2}$/.test(topic)
    ? topic
    : createHash('sha256').update(topic).digest('base64url').slice(0, 12)
}
