import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openHome } from '../../src/adapters/home/open-home.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { connectLauncher, type LauncherClient } from '../../src/adapters/launcher-client/connect-launcher.ts'
import { launch, type LaunchOptions, type Launcher } from '../../src/apps/launcher/launch.ts'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../src/domain/account/account-id.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import type { FakeBehaviour } from './fake-bot.ts'
import { noKeychain } from './keychains.ts'
import { programOf } from './programs/programs.ts'

/** A home of its own with a launcher in this process, whose bots are fakes. */
export type Launched = Readonly<{
  layout: HomeLayout
  launcher: Launcher
  client: LauncherClient
  /** Lets the launcher go, as an end of its process would, and starts another on the same home. */
  relaunch(): Promise<LauncherClient>
  close(): Promise<void>
}>

/** A new, empty home under the temporary directory. */
export function newHome(): HomeLayout {
  return openHome(mkdtempSync(join(tmpdir(), 'slipway-')))
}

export async function launched(options: Partial<LaunchOptions> = {}): Promise<Launched> {
  const layout = options.layout ?? newHome()
  const begin = async () => {
    const outcome = await launch({
      layout,
      version: '0.0.0-test',
      program: { node: process.execPath, entry: programOf('fake-bot'), env: process.env },
      rendererFolder: join(layout.root, 'no-renderer'),
      port: undefined,
      now: () => epochMs(Date.now()),
      random: () => 0,
      keychain: noKeychain(),
      ...options,
    })
    if (outcome.kind === 'refused') throw new Error(outcome.refusal.message)
    return outcome.launcher
  }
  let launcher = await begin()
  const client = connectLauncher({ endpoint: layout.launcherEndpoint })
  return {
    layout,
    get launcher() {
      return launcher
    },
    client,
    async relaunch() {
      await launcher.close()
      launcher = await begin()
      return client
    },
    async close() {
      await launcher.close()
      endBots(layout)
      rmSync(layout.root, { recursive: true, force: true })
    },
  }
}

/** Ends every bot a test started, whatever state it or its launcher is in. */
function endBots(layout: HomeLayout): void {
  for (const id of readdirSync(layout.accounts))
    for (const pid of startsOf(layout, id)) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
}

/** Registers accounts named so, whose bots behave as told. */
export async function addAccounts(
  { client, layout }: Pick<Launched, 'client' | 'layout'>,
  ids: readonly string[],
  behaviour: FakeBehaviour = 'trade',
): Promise<void> {
  for (const accountId of ids) {
    await client.api.accounts.add({ accountId, user: `user of ${accountId}`, symbol: '6EH4' })
    behave(layout, accountId, behaviour)
  }
}

export function behave(layout: HomeLayout, id: string, behaviour: FakeBehaviour): void {
  writeFileSync(join(layout.account(accountIdOf(id)), 'fake.txt'), behaviour)
}

/** PIDs of every bot that was started for an account, in order. */
export function startsOf(layout: HomeLayout, id: string): number[] {
  try {
    return readFileSync(join(layout.account(accountIdOf(id)), 'starts.txt'), 'utf8')
      .trim()
      .split('\n')
      .map(Number)
  } catch {
    return []
  }
}

export function accountIdOf(id: string): AccountId {
  const parsed = parseAccountId(id)
  if (!isAccountId(parsed)) throw new Error(parsed.message)
  return parsed
}

/** The row of one account, once it is as wanted. */
export async function statusWhen(
  client: LauncherClient,
  id: string,
  isWanted: (row: AccountStatus) => boolean,
): Promise<AccountStatus> {
  for (;;) {
    const [row] = await client.api.status({ id })
    if (row && isWanted(row as AccountStatus)) return row as AccountStatus
    await delay(20)
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A launcher in a process of its own; resolves when it has printed its ready line. */
export async function launcherProcess(layout: HomeLayout, script: string, args: readonly string[] = []) {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SLIPWAY_HOME: layout.root, CI: '1' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const ready = (async () => {
    while (!output.includes('Slipway is ready at')) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the launcher ended: ${output}`)
      await delay(20)
    }
    return /Slipway is ready at (\S+)/.exec(output)![1]!
  })()
  return { child, exited, ready, output: () => output }
}
