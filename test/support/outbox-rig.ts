import { mkdirSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import type { z } from 'zod'
import type { Asked, AskOptions, CloudAsk, CloudTrouble } from '../../src/adapters/cloud/ask.ts'
import { openHome } from '../../src/adapters/home/open-home.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { outboxOf } from '../../src/adapters/outbox/outbox-of.ts'
import { openState, type HeldState } from '../../src/adapters/state-db/open-state.ts'
import { openDelivery, type Delivery, type DeliveryParts } from '../../src/apps/launcher/cloud/deliver-outbox.ts'
import type { CloudRoute } from '../../src/contracts/cloud/route.ts'
import { saveTrade, type SaveTrade } from '../../src/contracts/cloud/pool.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { experienceRow } from './experiences.ts'
import { tempHome } from './temp-home.ts'

const TURNS_AT_REST = 12

type Row = Parameters<typeof experienceRow>[0]

/** What the fake cloud does with the next call: answer, or one of these. */
export type Mishap = 'lost-before' | 'lost-after' | 'unreachable' | CloudTrouble

/** A cloud that keeps the contract of save_trade, in memory, and fails as told. */
export function fakePool() {
  const stored = new Map<string, string>()
  const asked: SaveTrade[] = []
  const options: AskOptions[] = []
  const duplicates: string[] = []
  let mishap: (body: SaveTrade, call: number) => Mishap | undefined = () => undefined

  function store(body: SaveTrade): Asked<{ result: 'stored' | 'duplicate' }> {
    const { kind, user_id, idempotency_key, ...words } = body
    const name = `${kind} ${user_id} ${idempotency_key}`
    const known = stored.get(name)
    const text = JSON.stringify(words)
    if (known === undefined) stored.set(name, text)
    else duplicates.push(name)
    if (known !== undefined && known !== text) return failed({ kind: 'refused', code: 'key_conflict' })
    return { kind: 'answer', value: { result: known === undefined ? 'stored' : 'duplicate' } }
  }

  const ask: CloudAsk = (async (_: CloudRoute, input: unknown, given: AskOptions = {}) => {
    const body = saveTrade.input.parse(input) as z.input<typeof saveTrade.input>
    asked.push(body)
    options.push(given)
    const what = mishap(body, asked.length)
    await Promise.resolve()
    if (what === undefined) return store(body)
    if (what === 'unreachable') return failed({ kind: 'unreachable' })
    if (what === 'lost-after') store(body)
    if (what === 'lost-before' || what === 'lost-after') return failed({ kind: 'lost' })
    return failed(what)
  }) as CloudAsk
  return {
    ask,
    stored,
    asked,
    options,
    duplicates,
    fail: (how: typeof mishap) => void (mishap = how),
  }
}

export function failed(failure: Partial<CloudTrouble> & Pick<CloudTrouble, 'kind'>): Asked<never> {
  return { kind: 'failed', failure: { message: 'as the test says', nextStep: '', requestId: 'r', ...failure } }
}

/** What a closed database leaves is freed between two turns of the event loop; a process has many, a test has to take one. */
async function turn(delivery: Delivery): Promise<number> {
  await new Promise((done) => setImmediate(done))
  return delivery.round()
}

export type OutboxRig = ReturnType<typeof outboxRig>

/** Accounts with real states and books, a fake cloud, and time that the test moves. */
export function outboxRig(home: string, accounts: readonly string[] = ['acc']) {
  const layout: HomeLayout = openHome(home)
  const states = new Map<string, HeldState>()
  const warnings: string[] = []
  const pool = fakePool()
  let clock = Date.parse('2026-11-20T12:00:00Z')
  const idOf = (id: string) => id as AccountId
  const open = (id: string) => {
    mkdirSync(layout.account(idOf(id)), { recursive: true })
    const now = () => epochMs(clock)
    states.set(id, openState({ layout, accountId: idOf(id), instanceId: 'bot', expectExisting: false, now }))
  }
  const parts: DeliveryParts = {
    layout,
    accounts: () => accounts.map(idOf),
    cloud: () => ({ ask: pool.ask, shared: true }),
    instanceId: 'launcher-1',
    now: () => clock,
    elapsed: () => clock,
    random: () => 0.5,
    log: {
      info: () => undefined,
      warn: (event, message) => void warnings.push(`${event}: ${message}`),
    },
  }
  for (const id of accounts) open(id)
  return {
    layout,
    pool,
    parts,
    warnings,
    states,
    open,
    idOf,
    get clock() {
      return clock
    },
    /** A bot's transaction that closes a trade. */
    trade(row: Row, id = accounts[0]!) {
      const { kind, key, payload } = experienceRow(row)
      const state = states.get(id)!
      state.transact(() => state.enqueueOutbox(kind, `${id}/${key}`, JSON.parse(payload), epochMs(clock)))
    },
    pass: (ms: number) => void (clock += ms),
    delivery: (more: Partial<DeliveryParts> = {}): Delivery => openDelivery({ ...parts, ...more }),
    /** Turns until the end of the test's time. */
    async drain(delivery: Delivery, mostMs = 1_200_000) {
      const until = clock + mostMs
      while (clock < until) clock += await turn(delivery)
    },
    /** Turns until nothing waits, then some more across the rest of the time: they must find nothing to send. */
    async settle(delivery: Delivery, mostMs: number) {
      const until = clock + mostMs
      while (clock < until && this.view().waiting > 0) clock += await turn(delivery)
      const pauseMs = Math.max(0, until - clock) / TURNS_AT_REST
      for (let done = 0; done < TURNS_AT_REST; done++) {
        clock += pauseMs
        await turn(delivery)
      }
    },
    /** As many turns as asked. */
    async turns(delivery: Delivery, count: number) {
      for (let done = 0; done < count; done++) clock += await turn(delivery)
    },
    view: (id = accounts[0]!, shared = true) => outboxOf(layout, idOf(id), 0, shared),
    close() {
      for (const state of states.values()) state.close()
    },
  }
}

/** The same in a home of its own, which is gone when the test is. */
export function temporaryOutbox(accounts?: readonly string[]): OutboxRig {
  const rig = outboxRig(tempHome(), accounts)
  onTestFinished(() => rig.close())
  return rig
}

/** So many moments at which a trade is closed, for `trade`. */
export const trades = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i)
