import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pruneOutbox } from '../../../src/apps/bot/prune-outbox.ts'
import { retryParked } from '../../../src/adapters/outbox/retry-parked.ts'
import { backupState, restoreState } from '../../../src/adapters/state-db/backup-state.ts'
import { DELIVERY_RULES } from '../../../src/domain/experience/delivery.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { outboxRig } from '../../support/outbox-rig.ts'

/** A machine that stops between two things: whoever was at work is never heard of again. */
class PulledPlug extends Error {}

/**
 * What can happen, in any order: a bot closes a trade; its process dies around that commit; it starts and forgets what was
 * delivered; its state is put back from a copy; the launcher takes a turn, which may be cut at any of its steps and may
 * meet any answer; its book is lost; a person retries; the clock goes on, or back.
 */
type Step =
  | { kind: 'trade'; cut: 'none' | 'before' | 'after' }
  | { kind: 'prune' }
  | { kind: 'copy' }
  | { kind: 'put back' }
  | { kind: 'turn'; sender: number; cutAt: number; answers: readonly Answer[] }
  | { kind: 'lose book' }
  | { kind: 'retry' }
  | { kind: 'clock'; ms: number }

type Answer = 'stored' | 'lost-before' | 'lost-after' | 'unreachable' | '400' | '403' | '429'

const answer = fc.constantFrom<Answer>(
  'stored',
  'stored',
  'stored',
  'lost-before',
  'lost-after',
  'unreachable',
  '400',
  '403',
  '429',
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      cut: fc.constantFrom('none', 'none', 'before', 'after'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('prune' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('copy' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('put back' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('turn' as const),
      sender: fc.integer({ min: 0, max: 1 }),
      // 0: not cut. The n-th call of the file system's or the cloud's that the turn makes is the last.
      cutAt: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 12 })),
      answers: fc.array(answer, { maxLength: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose book' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retry' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      ms: fc.constantFrom(1_000, 50_000, 600_000, 90_000_000, -7_200_000),
    }),
  },
)

const REFUSALS = {
  '400': { kind: 'refused', code: 'body_invalid', message: '400', nextStep: '', requestId: '' },
  '403': { kind: 'refused', code: 'license_expired', message: '403', nextStep: '', requestId: '' },
  '429': {
    kind: 'rate-limited',
    code: 'rate_limited',
    message: '429',
    nextStep: '',
    requestId: '',
    retryAfterMs: 5_000,
  },
} as const

async function play(steps: readonly Step[]): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'slipway-'))
  const rig = outboxRig(home)
  const accountId = rig.idOf('acc')
  /** The model: trades that are durable in the state as it stands, and those that were ever durable. */
  let durable: number[] = []
  let copied: { file: string; durable: number[] } | undefined
  const ever = new Set<number>()
  let next = 1
  try {
    for (const one of steps) await take(one)
    // At the end everybody is well: whatever the state still has, or the cloud had, is with the cloud, once.
    rig.pool.fail(() => undefined)
    rig.pass(2 * DELIVERY_RULES.leaseMs)
    retryParked(rig.layout, accountId, rig.clock)
    await rig.settle(rig.delivery({ instanceId: 'last' }), 30 * 60_000)
    const sent = [...rig.pool.stored.values()].map((text) =>
      Math.round((JSON.parse(text) as { outcome: { r: number } }).outcome.r * 1_000),
    )
    expect(new Set(sent).size).toBe(sent.length)
    for (const at of durable) expect(sent, `trade ${at}`).toContain(at)
    for (const at of sent) expect(ever.has(at), `trade ${at} was never made`).toBe(true)
    expect(rig.view()).toMatchObject({ waiting: 0, parked: 0, dropped: 0 })
  } finally {
    rig.close()
    rmSync(home, { recursive: true, force: true })
  }

  async function take(one: Step): Promise<void> {
    switch (one.kind) {
      case 'trade': {
        const at = next++
        const row = { at, r: at / 1_000 }
        if (one.cut === 'before')
          expect(() =>
            rig.states.get('acc')!.transact(() => {
              rig.trade(row)
              throw new PulledPlug()
            }),
          ).toThrow(PulledPlug)
        else {
          rig.trade(row)
          durable.push(at)
          ever.add(at)
        }
        if (one.cut === 'none') return
        rig.states.get('acc')!.close()
        rig.open('acc')
        return
      }
      case 'prune':
        await pruneOutbox(rig.layout, accountId, rig.states.get('acc')!, 0)
        return
      case 'copy':
        rig.pass(1_000)
        copied = { file: backupState(rig.layout, accountId, epochMs(rig.clock)).file, durable: [...durable] }
        return
      case 'put back':
        if (!copied) return
        rig.states.get('acc')!.close()
        rig.pass(1_000)
        restoreState(rig.layout, accountId, copied.file, epochMs(rig.clock))
        durable = [...copied.durable]
        rig.open('acc')
        return
      case 'turn':
        return turn(one)
      case 'lose book':
        for (const suffix of ['', '-wal', '-shm']) rmSync(rig.layout.deliveries(accountId) + suffix, { force: true })
        return
      case 'retry':
        retryParked(rig.layout, accountId, rig.clock)
        return
      case 'clock':
        rig.pass(one.ms)
    }
  }

  async function turn({ sender, cutAt, answers }: Extract<Step, { kind: 'turn' }>): Promise<void> {
    let calls = 0
    const cut = () => {
      if (cutAt > 0 && ++calls >= cutAt) throw new PulledPlug()
    }
    rig.pool.fail((_, call) => {
      const said = answers[(call - 1) % Math.max(1, answers.length)]
      return said === undefined || said === 'stored'
        ? undefined
        : said in REFUSALS
          ? REFUSALS[said as keyof typeof REFUSALS]
          : (said as 'lost-before')
    })
    const delivery = rig.delivery({
      instanceId: `launcher-${sender}`,
      // The clock is looked at before and after everything: read, commit, send. A cut there is a cut of the process.
      now: () => {
        cut()
        return rig.clock
      },
      cloud: () => {
        cut()
        const ask = (async (...args: Parameters<typeof rig.pool.ask>) => {
          cut()
          const answered = await rig.pool.ask(...args)
          cut()
          return answered
        }) as typeof rig.pool.ask
        return { ask, shared: true }
      },
    })
    await delivery.round()
    await delivery.close()
  }
}

describe('an outbox, whatever happens to bot, sender, cloud, files and clock', () => {
  it('brings every trade that the state keeps to the cloud once', { timeout: 600_000 }, async () => {
    const { PROPERTY_RUNS } = process.env
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), play),
      PROPERTY_RUNS === undefined ? { numRuns: 40 } : {},
    )
  })
})
