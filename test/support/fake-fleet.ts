import { readFileSync } from 'node:fs'
import { serveBotControl } from '../../src/adapters/bot-control/serve-bot-control.ts'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { botStatus } from './bot-status.ts'

/** Many bots in one process, as far as their control sockets tell: each trades and pushes new figures all the time. */
const { home, ids } = JSON.parse(readFileSync(0, 'utf8')) as { home: string; ids: AccountId[] }
const layout = homeLayout(home)
let bar = 0
const statusOf = (accountId: string) =>
  botStatus({ accountId, instanceId: `instance-${accountId}`, pid: process.pid, lastBarAt: bar, tradesToday: bar % 5 })

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
setInterval(() => {
  bar += 60_000
  controls.forEach((control, at) => control.pushStatus(statusOf(ids[at]!)))
}, 100)
process.stdout.write('ready\n')
