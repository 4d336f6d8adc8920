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
const WARM_UP = 100
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
    const bare = await bareP99(JSON.stringify(await local.api.status({})))
    return { figures: [await figureOf('local socket', local, bare), await figureOf('loopback HTTP', page, bare)] }
  } finally {
    fleet.kill('SIGKILL')
    launcher.child.kill('SIGKILL')
    await Promise.all([launcher.exited, fleet.exitCode === null && fleet.signalCode === null ? once(fleet, 'exit') : 0])
    rmSync(layout.root, { recursive: true, force: true })
  }
}

async function figureOf(door: string, client: LauncherClient, bare: number): Promise<Figure> {
  const at = await timed(async () => {
    const rows = await client.api.status({})
    const trading = rows.filter(({ state }) => state === 'trading').length
    if (trading !== ACCOUNTS) throw new Error(`${trading} of ${ACCOUNTS} bots were seen trading`)
  })
  return {
    name: `status of ${ACCOUNTS} accounts, p99, ${door}`,
    value: at(0.99),
    limit: LIMIT_MS,
    unit: 'ms',
    note: `median ${at(0.5).toFixed(1)} ms of ${CALLS} calls, client included; a bare server with the same bytes has p99 ${bare.toFixed(1)} ms`,
  }
}

/** What this machine makes of a bare Node server that answers the same bytes, milliseconds. */
async function bareP99(bytes: string): Promise<number> {
  const program = `let text = ''
    process.stdin.on('data', (chunk) => (text += chunk)).on('end', () => {
      const server = require('node:http').createServer((_, answer) => answer.end(text))
      server.listen(0, '127.0.0.1', () => console.log(server.address().port))
    })`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    child.stdin.end(bytes)
    const [port] = (await once(child.stdout, 'data')) as [Buffer]
    const url = `http://127.0.0.1:${port.toString().trim()}/`
    const at = await timed(async () => void (await (await fetch(url)).json()))
    return at(0.99)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

/** @returns the time below which a share of the calls stayed, milliseconds */
async function timed(call: () => Promise<void>): Promise<(share: number) => number> {
  for (let n = 0; n < WARM_UP; n++) await call()
  const times: number[] = []
  for (let n = 0; n < CALLS; n++) {
    const before = performance.now()
    await call()
    times.push(performance.now() - before)
  }
  times.sort((a, b) => a - b)
  return (share) => times[Math.floor(share * (times.length - 1))]!
}
