import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  connectLauncher,
  connectLauncherByUrl,
  type LauncherClient,
} from '../../src/adapters/launcher-client/connect-launcher.ts'
import { accountIdOf, launcherProcess, newHome } from '../support/launched.ts'
import type { Figure } from './figure.ts'

export const name = 'status: every account in one call'

const ACCOUNTS = 100
const CALLS = 500
const LIMIT_MS = 50
const SUPPORT = join(import.meta.dirname, '../support')

/** A launcher with a hundred accounts whose bots all push new figures ten times a second, asked through both doors. */
export async function run(): Promise<{ figures: Figure[] }> {
  const layout = newHome()
  const launcher = await launcherProcess(layout, join(SUPPORT, 'launcher-of-fakes.ts'), ['--no-open'])
  const fleet = spawn(process.execPath, [join(SUPPORT, 'fake-fleet.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    const url = await launcher.ready
    const local = connectLauncher({ endpoint: layout.launcherEndpoint })
    const ids = Array.from({ length: ACCOUNTS }, (_, n) => `account-${n}`)
    for (const accountId of ids) await local.api.accounts.add({ accountId, user: accountId, symbol: 'MES' })
    fleet.stdin.end(JSON.stringify({ home: layout.root, ids: ids.map(accountIdOf) }))
    await once(fleet.stdout, 'data')
    for (const id of ids) await local.api.bots.start({ ids: [id] })
    const page = await connectLauncherByUrl(url)
    return { figures: [await figureOf('local socket', local), await figureOf('loopback HTTP', page)] }
  } finally {
    fleet.kill('SIGKILL')
    launcher.child.kill('SIGKILL')
    await Promise.all([launcher.exited, fleet.exitCode === null && fleet.signalCode === null ? once(fleet, 'exit') : 0])
    rmSync(layout.root, { recursive: true, force: true })
  }
}

async function figureOf(door: string, client: LauncherClient): Promise<Figure> {
  const times: number[] = []
  for (let call = 0; call < CALLS; call++) {
    const before = performance.now()
    const rows = await client.api.status({})
    times.push(performance.now() - before)
    const trading = rows.filter(({ state }) => state === 'trading').length
    if (trading !== ACCOUNTS) throw new Error(`${trading} of ${ACCOUNTS} bots were seen trading`)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(share * (times.length - 1))]!
  return {
    name: `status of ${ACCOUNTS} accounts, p99, ${door}`,
    value: at(0.99),
    limit: LIMIT_MS,
    unit: 'ms',
    note: `median ${at(0.5).toFixed(1)} ms of ${CALLS} calls, client included`,
  }
}
