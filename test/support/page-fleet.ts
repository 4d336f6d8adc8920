import { readFileSync } from 'node:fs'
import { serveBotControl } from '../../src/adapters/bot-control/serve-bot-control.ts'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import type { BotStatus } from '../../src/contracts/bot-protocol.ts'
import { botStatus } from './bot-status.ts'

/**
 * Many bots in one process, as far as their control sockets tell: each tells of new figures all the time. What the
 * account has made today is the time of day of the update in cents, so that whoever sees it knows how old it is.
 */
const { home, ids, everyMs } = JSON.parse(readFileSync(0, 'utf8')) as {
  home: string
  ids: AccountId[]
  everyMs: number
}
const layout = homeLayout(home)
const startedAt = Date.now() - 7_500_000
const counts = new Map<string, number>()

function statusOf(accountId: string): BotStatus {
  const n = counts.get(accountId) ?? 0
  const at = ids.indexOf(accountId as AccountId)
  const odd = at % 17
  const state = odd === 5 ? 'blind' : odd === 9 ? 'blocked' : 'trading'
  const reasons = { blind: 'no bar for 3 minutes', blocked: 'the loss of the day is at its limit', trading: null }
  const now = Date.now()
  return botStatus({
    ...{ accountId, instanceId: `instance-${accountId}`, pid: process.pid, startedAt: startedAt - at * 61_000 },
    ...{ state, stateReason: reasons[state] },
    lastBarAt: now - (now % 60_000) - (odd === 5 ? 240_000 : 0),
    position: (at % 5) - 2,
    tradesToday: n % 7,
    todayPnlMinor: now % 86_400_000,
    unrealizedPnlMinor: ((n * 37 + at * 911) % 40_000) - 20_000,
    realizedPnlMinor: at * 12_345 - 200_000,
    equityMinor: 5_000_000 + at * 1_000,
    lossUsed: at % 4 === 3 ? null : { rule: 'daily-loss', usedMinor: (at * 7_919 + n) % 100_000, limitMinor: 90_000 },
    warnings: at % 6,
    errors: odd === 5 ? 2 : 0,
    lastError: odd === 5 ? 'the feed was cut off' : null,
  })
}

const controls = await Promise.all(
  ids.map((id) =>
    serveBotControl({
      endpoint: layout.botEndpoint(id),
      instanceId: `instance-${id}`,
      onRequest: async () => undefined,
      status: () => statusOf(id),
    }),
  ),
)
// Each has its own beat, as bots have.
ids.forEach((id, at) =>
  setTimeout(
    () =>
      setInterval(() => {
        counts.set(id, (counts.get(id) ?? 0) + 1)
        controls[at]!.pushStatus(statusOf(id))
      }, everyMs),
    (everyMs * at) / ids.length,
  ),
)
process.stdout.write('ready\n')
