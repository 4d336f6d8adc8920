/** What one page may ask to be told of. */
export type LiveTopic =
  | { readonly kind: 'fleet' }
  | { readonly kind: 'kill-switch' }
  | { readonly kind: 'notices' }
  /** Signals that others share, or what becomes of one's own. */
  | { readonly kind: 'signals' }
  /** Something of the account has changed: its trades, orders, decisions or figures, or what its limits are. */
  | { readonly kind: 'records'; readonly accountId: string }
  /** Another holds the account than before, or its holder has died, is paused or answers again. */
  | { readonly kind: 'lock'; readonly accountId: string }
  | LogTopic
  /** That a log of one of them has grown or is another one; what it holds is asked for. At most `MOST_LOGS`. */
  | { readonly kind: 'logs'; readonly accountIds: readonly string[] }

export type LogTopic = Readonly<{
  kind: 'log'
  accountId: string
  /** Which market's log; the first one where left out. */
  segment?: string | undefined
  /** The least important level. */
  level?: string | undefined
  /** A regular expression over the whole line. */
  grep?: string | undefined
  /** How many of the last lines come first. */
  tail?: number | undefined
}>

/** Most topics of one stream. */
export const MOST_TOPICS = 64
/** Most accounts whose logs are one view. */
export const MOST_LOGS = 64

const ALONE = ['fleet', 'kill-switch', 'notices', 'signals'] as const
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const MOST_TAIL = 10_000

/** The name of a topic, as it stands in an address: `fleet`, `records:A1`, `lock:A1`, `log:A1:ES?level=warn`, `logs:A1:B1`. */
export function topicText(topic: LiveTopic): string {
  if (topic.kind === 'records' || topic.kind === 'lock') return `${topic.kind}:${topic.accountId}`
  if (topic.kind === 'logs') return `logs:${topic.accountIds.join(':')}`
  if (topic.kind !== 'log') return topic.kind
  const { accountId, segment, level, grep, tail } = topic
  const asked = Object.entries({ level, grep, tail }).filter(([, value]) => value !== undefined && value !== '')
  const name = segment ? `log:${accountId}:${segment}` : `log:${accountId}`
  if (asked.length === 0) return name
  return `${name}?${asked.map(([key, value]) => `${key}=${encodeURIComponent(value!)}`).join('&')}`
}

/** @returns undefined for text that names no topic */
export function parseTopic(text: string): LiveTopic | undefined {
  const alone = ALONE.find((kind) => kind === text)
  if (alone) return { kind: alone }
  if (text.startsWith('logs:')) {
    const [, ...accountIds] = text.split(':')
    return accountIds.length <= MOST_LOGS && accountIds.every((id) => ID.test(id))
      ? { kind: 'logs', accountIds }
      : undefined
  }
  const [name = '', query = ''] = text.split('?', 2)
  const [kind, accountId = '', segment, ...rest] = name.split(':')
  if (!ID.test(accountId) || rest.length > 0) return undefined
  if (kind === 'records' || kind === 'lock') return segment === undefined ? { kind, accountId } : undefined
  if (kind !== 'log' || segment === '' || (segment?.length ?? 0) > 32) return undefined
  const asked = askedIn(query)
  const tail = asked?.get('tail')
  if (!asked || (tail !== undefined && !(/^\d{1,5}$/.test(tail) && Number(tail) <= MOST_TAIL))) return undefined
  const [level, grep] = [asked.get('level'), asked.get('grep')]
  return { kind, accountId, segment, level, grep, tail: tail === undefined ? undefined : Number(tail) }
}

function askedIn(query: string): ReadonlyMap<string, string> | undefined {
  try {
    return new Map(
      query.split('&').map((pair) => {
        const at = pair.indexOf('=')
        return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))]
      }),
    )
  } catch {
    return undefined
  }
}
