import { describe, expect, it } from 'vitest'
import { createLocalLimiter } from '../../../../src/apps/cloud/limits/local-limiter.ts'
import { address, budgetsOf, licence } from '../../../support/rate-rig.ts'

function limiterOf(limit: number, instances = 1) {
  const clock = { now: 0 }
  const limiter = createLocalLimiter({
    budgets: budgetsOf({ limit, windowMs: 60_000 }),
    elapsed: () => clock.now,
    instances: () => instances,
  })
  return { clock, limiter }
}

describe('the limiter of one process', () => {
  it('turns a request away when one of its budgets is used up, and then charges none of them', async () => {
    const { limiter } = limiterOf(2)
    await limiter.take([licence('a'), address('x')])
    await limiter.take([licence('b'), address('x')])
    expect(await limiter.take([licence('c'), address('x')])).toMatchObject({ allowed: false, refusedBy: address('x') })
    expect(await limiter.take([licence('c')])).toMatchObject({ allowed: true, remaining: 1 })
  })

  it('tells the whole seconds after which one fits', async () => {
    const { clock, limiter } = limiterOf(1)
    await limiter.take([licence('a')])
    clock.now = 500
    const { retryAfterSeconds } = await limiter.take([licence('a')])
    expect(retryAfterSeconds).toBe(60)
    clock.now += retryAfterSeconds * 1000
    expect((await limiter.take([licence('a')])).allowed).toBe(true)
  })

  it('lets its share in where several instances divide a budget', async () => {
    const { limiter } = limiterOf(100, 3)
    const verdicts = await Promise.all(Array.from({ length: 50 }, async () => limiter.take([licence('a')])))
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(33)
  })

  it('lets one in even where there are more instances than requests', async () => {
    const { limiter } = limiterOf(2, 5)
    expect((await limiter.take([licence('a')])).allowed).toBe(true)
  })

  it('counts what another has let in for it', async () => {
    const { limiter } = limiterOf(3)
    limiter.note([licence('a')], 'i:1')
    limiter.note([licence('a')], 'i:2')
    expect(await limiter.take([licence('a')])).toMatchObject({ allowed: true, remaining: 0 })
  })

  it('recalls what it has decided alone until that is known', () => {
    const { clock, limiter } = limiterOf(9)
    limiter.note([licence('a')], 'i:1')
    clock.now = 10
    limiter.takeAs([licence('a')], 'i:2')
    clock.now = 30
    expect(limiter.recall('own')).toEqual([{ ask: licence('a'), admissions: [{ name: 'i:2', ageMs: 20 }] }])
    expect(limiter.recall('all')[0]!.admissions).toHaveLength(2)
    limiter.shared(licence('a'), new Set(['i:2']))
    expect(limiter.recall('own')).toEqual([])
    clock.now = 60_010
    expect(limiter.recall('all')).toEqual([])
  })

  it('holds no memory of those who have long been gone', async () => {
    const { clock, limiter } = limiterOf(5)
    for (let n = 0; n < 9_999; n++) await limiter.take([licence(`old-${n}`)])
    clock.now = 61_000
    await limiter.take([licence('new')])
    expect(limiter.recall('all').map(({ ask }) => ask)).toEqual([licence('new')])
  })

  it('of too many forgets whom nobody has asked for of late', async () => {
    const { limiter } = limiterOf(5)
    await limiter.take([licence('busy')])
    for (let n = 0; n < 60_000; n++) {
      await limiter.take([licence(`passing-${n}`)])
      if (n % 30_000 === 29_999) await limiter.take([licence('busy')])
    }
    const known = limiter.recall('all')
    expect(known).toHaveLength(50_000)
    expect(known.find(({ ask }) => ask.key === 'busy')?.admissions).toHaveLength(3)
  })

  it('keeps nothing of who was turned away', async () => {
    const { limiter } = limiterOf(1)
    await limiter.take([address('x')])
    for (let n = 0; n < 100; n++) await limiter.take([licence(`l-${n}`), address('x')])
    expect(limiter.recall('all').map(({ ask }) => ask)).toEqual([address('x')])
  })
})
