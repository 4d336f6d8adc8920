import Database from 'better-sqlite3'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { outboxOf } from '../../../src/adapters/outbox/outbox-of.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { addAccount, generateBars, prepareHome, startBot } from '../../support/bot-fleet.ts'
import { CRASH_PLAN_FILE, type CrashPlan } from '../../support/crash/crash-plan.ts'
import { launcherProcess } from '../../support/launched.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

const MORTAL_BOT = programOf('mortal-bot')
const LAUNCHER = programOf('launcher-with-cloud')
const MOST_WAIT_MS = 90_000

type OutboxRow = { kind: string; key: string; payload: string }

function outboxIn(layout: HomeLayout, id: AccountId): OutboxRow[] {
  const db = new Database(layout.state(id), { readonly: true })
  const rows = db.prepare('SELECT kind, key, payload FROM outbox ORDER BY seq').all() as OutboxRow[]
  db.close()
  return rows
}

/** What trades teach, whoever made them: fill ids count for each account alone. */
const told = (rows: readonly OutboxRow[]) =>
  rows.map(({ kind, payload }) => {
    const { userId: _, ...rest } = JSON.parse(payload) as { userId: string }
    return { kind, ...rest }
  })

async function runBot(layout: HomeLayout, id: AccountId, at?: string, nth = 1): Promise<'died' | 'ended'> {
  const file = join(layout.root, CRASH_PLAN_FILE)
  rmSync(file, { force: true })
  const plan: CrashPlan | undefined = at === undefined ? undefined : { at, nth, trail: `${file}.trail`, venuePort: 0 }
  if (plan) writeFileSync(file, JSON.stringify(plan))
  const { code, signal } = await (await startBot(layout, id, MORTAL_BOT)).exited
  const said = existsSync(layout.botOutput(id)) ? readFileSync(layout.botOutput(id), 'utf8') : ''
  if (signal !== 'SIGKILL') expect(code, said).toBe(0)
  return signal === 'SIGKILL' ? 'died' : 'ended'
}

describe('trades of a bot, their experiences, and the cloud of this computer', () => {
  it('agree to the last one, with bot, launcher and cloud killed on the way', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 9, 5)
    const whole = await addAccount(layout, 'whole', { symbol: 'MES', feed: 'replay:max' })
    const killed = await addAccount(layout, 'killed', { symbol: 'MES', feed: 'replay:max' })
    expect(await runBot(layout, whole)).toBe('ended')
    // Before the trade is durable, and after it: once each, in a life of its own.
    expect(await runBot(layout, killed, 'commit:before:.*outbox', 2)).toBe('died')
    expect(await runBot(layout, killed, 'commit:after:.*outbox', 2)).toBe('died')
    expect(await runBot(layout, killed)).toBe('ended')
    const rows = outboxIn(layout, killed)
    expect(rows.length).toBeGreaterThan(10)
    expect(told(rows)).toEqual(told(outboxIn(layout, whole)))

    // A first run: nobody has chosen a cloud, so the launcher brings one.
    const waiting = () => [whole, killed].map((id) => outboxOf(layout, id, 0, false).waiting)
    const first = await launcherProcess(layout, LAUNCHER, ['--no-open'])
    onTestFinished(() => void first.child.kill('SIGKILL'))
    await first.ready
    await until(
      () => waiting().some((count) => count < rows.length),
      () => `${JSON.stringify(outboxOf(layout, whole, 0, false))} ${first.output()}`,
    )
    first.child.kill('SIGKILL')
    await first.exited
    const second = await launcherProcess(layout, LAUNCHER, ['--no-open'])
    onTestFinished(() => void second.child.kill('SIGKILL'))
    await second.ready
    await until(
      () => waiting().every((count) => count === 0),
      () => `${JSON.stringify(outboxOf(layout, whole, 0, false))} ${second.output()}`,
    )
    second.child.kill('SIGTERM')
    await second.exited

    const db = new Database(join(layout.cloud, 'cloud.db'), { readonly: true })
    const stored = db
      .prepare(
        `SELECT kind, count(*) AS n FROM experiences WHERE contributor NOT LIKE 'seed:%' GROUP BY kind, idempotency_key`,
      )
      .all() as { kind: string; n: number }[]
    const bodies = db
      .prepare(`SELECT kind, outcome, features FROM experiences WHERE contributor NOT LIKE 'seed:%'`)
      .all() as { kind: string; outcome: string }[]
    db.close()
    expect(stored).toHaveLength(2 * rows.length)
    expect(stored.every(({ n }) => n === 1)).toBe(true)
    const sum = (list: readonly { outcome: { r: number } }[]) =>
      list.reduce((total, { outcome }) => total + outcome.r, 0)
    const all = told(rows) as unknown as { outcome: { r: number } }[]
    expect(sum(bodies.map(({ outcome }) => ({ outcome: JSON.parse(outcome) as { r: number } })))).toBeCloseTo(
      2 * sum(all),
      6,
    )
    for (const id of [whole, killed])
      expect(outboxOf(layout, id, 0, false)).toMatchObject({
        waiting: 0,
        parked: 0,
        dropped: 0,
        deliveredToday: rows.length,
      })
  })
})

async function until(isSo: () => boolean, said: () => string): Promise<void> {
  for (const end = performance.now() + MOST_WAIT_MS; performance.now() < end; await delay(100)) if (isSo()) return
  throw new Error(`it did not come to that in time: ${said()}`)
}
