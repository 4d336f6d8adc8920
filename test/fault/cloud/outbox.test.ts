import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CRASH_PLAN_FILE, type CrashPlan } from '../../support/crash/crash-plan.ts'
import { outboxRig } from '../../support/outbox-rig.ts'
import { runningCloud, type RunningCloud } from '../../support/running-cloud.ts'
import { tempHome } from '../../support/temp-home.ts'
import { makeUnseededPool } from '../../support/unseeded-pool.ts'
import { programOf } from '../../support/programs/programs.ts'

const SENDER = programOf('mortal-sender')
const MORTAL_CLOUD = programOf('mortal-cloud')

/** Accounts of real state files with closed trades in their outboxes; other processes send them. */
function homeWith(accounts: readonly string[], trades: number) {
  const home = tempHome()
  const rig = outboxRig(home, accounts)
  // A user of its own for each home: several may tell one cloud.
  const userId = randomBytes(6).toString('hex')
  for (const id of accounts) for (let at = 1; at <= trades; at++) rig.trade({ at, r: at / 100, userId }, id)
  onTestFinished(() => rig.close())
  return { ...rig, home, userId }
}

function planIn(home: string, at: string, nth: number, port: number): () => string[] {
  const trail = join(home, 'trail.txt')
  rmSync(trail, { force: true })
  const plan: CrashPlan = { at, nth, trail, venuePort: port }
  writeFileSync(join(home, CRASH_PLAN_FILE), JSON.stringify(plan))
  return () => (existsSync(trail) ? readFileSync(trail, 'utf8').split('\n') : [])
}

const planless = (home: string) => rmSync(join(home, CRASH_PLAN_FILE), { force: true })

/** Sends what waits in a process of its own. @returns how that ended */
async function send(home: string, url: string): Promise<{ code: number | null; signal: string | null; said: string }> {
  const child = spawn(process.execPath, [SENDER, home, url], { stdio: ['ignore', 'ignore', 'pipe'], cwd: home })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  return { code, signal, said }
}

type Stored = { idempotency_key: string; r: number }

function storedBy(cloudHome: string, userId: string): Stored[] {
  const db = new Database(join(cloudHome, 'cloud', 'cloud.db'), { readonly: true })
  const rows = db
    .prepare('SELECT idempotency_key, r FROM experiences WHERE user_id = ? ORDER BY r')
    .all(userId) as Stored[]
  db.close()
  return rows
}

/** Every trade of every account, each once. */
function expectOnce({ home }: { home: string }, userId: string, accounts: number, trades: number): void {
  const rows = storedBy(home, userId)
  const each = Array.from({ length: trades }, (_, i) => (i + 1) / 100)
  expect(rows.map(({ r }) => r)).toEqual(each.flatMap((r) => Array.from({ length: accounts }, () => r)))
  expect(new Set(rows.map((row) => row.idempotency_key)).size).toBe(rows.length)
}

const portOf = ({ url }: Pick<RunningCloud, 'url'>) => Number(new URL(url).port)

describe('a sender killed', () => {
  let cloud: RunningCloud
  beforeAll(async () => void (cloud = await runningCloud()))
  afterAll(async () => {
    await cloud.stop()
    rmSync(cloud.home, { recursive: true, force: true })
  })

  it.each([
    ['with rows read and not taken in', 'commit:before:deliveries,place', 1],
    ['with rows taken in', 'commit:after:deliveries,place', 1],
    ['before it holds its book', 'commit:before:sender', 1],
    ['with rows picked', 'commit:after:sender', 1],
    ['before it sends', 'wire:before:POST /api/ml/save_trade', 3],
    ['with half of a row sent', 'wire:half:POST /api/ml/save_trade', 3],
    ['with a row sent', 'wire:sent:POST /api/ml/save_trade', 3],
    ['with the answer unread', 'wire:answer:POST /api/ml/save_trade', 3],
    ['with answers not written down', 'commit:before:deliveries,sender', 1],
    ['with answers written down', 'commit:after:deliveries,sender', 1],
  ])('%s loses nothing and doubles nothing', async (_, at, nth) => {
    const rig = homeWith(['one', 'two'], 4)
    const trail = planIn(rig.home, at, nth, portOf(cloud))
    const died = await send(rig.home, cloud.url)
    expect(died, trail().join('\n')).toMatchObject({ signal: 'SIGKILL' })
    planless(rig.home)
    expect(await send(rig.home, cloud.url)).toMatchObject({ code: 0, said: '' })
    expectOnce(cloud, rig.userId, 2, 4)
    for (const id of ['one', 'two']) expect(rig.view(id)).toMatchObject({ waiting: 0, parked: 0, deliveredToday: 4 })
  })

  it('again and again at any moment loses nothing and doubles nothing', async () => {
    // One of its own: what those before have asked leaves too little of what a server lets an address ask in a minute.
    const fresh = await runningCloud()
    // So many that there is something to send when the last is killed, and fewer than an address may ask in a minute.
    const rig = homeWith(['one', 'two'], 24)
    let kills = 0
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [SENDER, rig.home, fresh.url], { stdio: 'ignore', cwd: rig.home })
      const exited = once(child, 'exit')
      let hasEnded = false
      void exited.then(() => (hasEnded = true))
      // After so many rows, not after so long: a machine that is busy, or quick, leaves something to kill too.
      while (!hasEnded && storedBy(fresh.home, rig.userId).length < 5 * round) await delay(5)
      await delay((7 * round) % 11)
      child.kill('SIGKILL')
      if (((await exited) as [unknown, string])[1] === 'SIGKILL') kills++
    }
    expect(kills).toBeGreaterThan(2)
    expect((await send(rig.home, fresh.url)).code).toBe(0)
    expectOnce(fresh, rig.userId, 2, 24)
  })
})

describe('a cloud killed', () => {
  it.each([
    ['before it has stored a contribution', 'commit:before:.*experiences', 3],
    ['with a contribution stored and not answered', 'commit:after:.*experiences', 3],
  ])('%s has it once when it is back', async (_, at, nth) => {
    const home = tempHome()
    // Its own first rows, the seed of the pool, are not what is killed here.
    await makeUnseededPool({ kind: 'sqlite', file: join(home, 'cloud', 'cloud.db') })
    const trail = planIn(home, `${at}|write:${at.split(':')[1]}:experiences`, nth, 0)
    const mortal = await runningCloud({ home, program: MORTAL_CLOUD })
    const port = portOf(mortal)
    const rig = homeWith(['one'], 6)
    const sending = send(rig.home, mortal.url)
    await mortal.exited
    expect(trail().at(-2)).toContain('†')
    planless(home)
    const before = storedBy(home, rig.userId).length
    expect(before).toBe(at.includes('after') ? 3 : 2)
    const back = await runningCloud({ home, program: MORTAL_CLOUD, args: ['--port', String(port)] })
    expect((await sending).code).toBe(0)
    expectOnce(back, rig.userId, 1, 6)
    expect(rig.view('one')).toMatchObject({ waiting: 0, parked: 0, deliveredToday: 6 })
  })
})

describe('a response lost on its way after the cloud has committed', () => {
  it('leaves one row, however often', async () => {
    const cloud = await runningCloud()
    const rig = homeWith(['one'], 5)
    let answers = 0
    // Lets every request through whole, and cuts off two of three answers.
    const proxy = createServer((client) => {
      const server = connect(portOf(cloud), '127.0.0.1')
      const end = () => {
        client.destroy()
        server.destroy()
      }
      client.pipe(server)
      server.on('data', (chunk) => (++answers % 3 === 0 ? void client.write(chunk) : end()))
      for (const socket of [client, server]) socket.on('error', end).on('close', end)
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    onTestFinished(() => void proxy.close())
    const { port } = proxy.address() as AddressInfo
    expect((await send(rig.home, `http://127.0.0.1:${port}`)).code).toBe(0)
    expect(answers).toBeGreaterThanOrEqual(15)
    expectOnce(cloud, rig.userId, 1, 5)
    expect(rig.view('one')).toMatchObject({ waiting: 0, parked: 0, deliveredToday: 5 })
  })
})

describe('two senders at once on one home', () => {
  it('store every contribution once', async () => {
    const cloud = await runningCloud()
    const rig = homeWith(['one', 'two', 'three'], 6)
    const ends = await Promise.all([send(rig.home, cloud.url), send(rig.home, cloud.url)])
    expect(ends.map(({ code }) => code)).toEqual([0, 0])
    expectOnce(cloud, rig.userId, 3, 6)
  })
})
