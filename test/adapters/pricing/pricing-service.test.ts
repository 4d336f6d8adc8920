import { afterEach, describe, expect, it } from 'vitest'
import { priceOption } from '../../../src/domain/options/price-option.ts'
import { questionOf } from '../../support/option-questions.ts'
import type { Misbehaviour } from '../../support/pricing-double.ts'
import { countReplies, PATIENT, pricingRig, PRICING, untilGone, type PricingRig } from '../../support/pricing-rig.ts'

const rigs: PricingRig[] = []
const rigOf = (...setup: Parameters<typeof pricingRig>) => {
  const rig = pricingRig(...setup)
  rigs.push(rig)
  return rig
}
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.end()
})

const CALL = questionOf()
const at = (strike: number) => questionOf({ strike })
const ask = (rig: PricingRig, count: number) =>
  Promise.all(Array.from({ length: count }, (_, i) => rig.service.price([at(50 + (i % 100))])))
const isWindows = process.platform === 'win32'

describe('the pricing service', { timeout: 60_000 }, () => {
  it('does not exist until somebody asks', async () => {
    const rig = rigOf()
    expect(rig.service.state()).toEqual({ kind: 'idle' })
    await rig.service.price([CALL])
    expect(rig.service.state()).toMatchObject({ kind: 'up' })
  })

  it('gives the numbers the formulas give in this process, to the last digit, in the order asked', async () => {
    const rig = rigOf()
    const options = [CALL, at(60), questionOf({ type: 'put', style: 'american' })]
    const reply = await rig.service.price(options)
    expect(reply).toEqual({ ok: true, value: options.map((each) => ({ kind: 'priced', value: priceOption(each) })) })
    const price = priceOption(CALL).price
    const found = await rig.service.impliedVolatility([{ option: { ...CALL, volatility: Number.NaN }, price }])
    expect(found).toMatchObject({ ok: true, value: [{ kind: 'priced', value: { kind: 'found' } }] })
  })

  it('refuses what cannot be priced beside what can', async () => {
    const rig = rigOf()
    const twoBoundaries = questionOf({ type: 'put', style: 'american', rate: -0.03, dividend: -0.05 })
    const reply = await rig.service.price([at(Number.NaN), CALL, twoBoundaries, questionOf({ volatility: -1 })])
    expect(reply.ok && reply.value.map(({ kind }) => kind)).toEqual(['refused', 'priced', 'refused', 'refused'])
    const prices = await rig.service.impliedVolatility([{ option: CALL, price: Number.NaN }])
    expect(prices).toMatchObject({ ok: true, value: [{ kind: 'refused' }] })
  })

  it('answers nothing to nothing, without a process', async () => {
    const rig = rigOf()
    expect(await rig.service.price([])).toEqual({ ok: true, value: [] })
    expect(await rig.service.price([at(Number.NaN)])).toMatchObject({ ok: true, value: [{ kind: 'refused' }] })
    expect(rig.service.state()).toEqual({ kind: 'idle' })
  })

  it('answers a thousand questions in flight', async () => {
    const rig = rigOf(PRICING, { ...PATIENT, deadlineMs: 20_000 })
    expect(countReplies(await ask(rig, 1_000))).toEqual({ ok: 1_000 })
  })

  it('takes answers in any order', async () => {
    const rig = rigOf('last-first')
    await rig.service.price([])
    const replies = await ask(rig, 20)
    expect(replies.map((reply) => reply.ok && reply.value)).toEqual(
      Array.from({ length: 20 }, (_, i) => [{ kind: 'priced', value: priceOption(at(50 + i)) }]),
    )
  })

  it('waits for an answer that is slow but in time, and is not disturbed by noise beside it', async () => {
    expect(countReplies(await ask(rigOf('slow'), 5))).toEqual({ ok: 5 })
    expect(countReplies(await ask(rigOf('floods-stderr'), 2))).toEqual({ ok: 2 })
  })

  const FAULTS = {
    ends: 'pricing-crashed',
    'ends-at-once': 'pricing-crashed',
    'says-nothing': 'pricing-timeout',
    loops: 'pricing-timeout',
    'no-json': 'pricing-garbage',
    'no-json-at-once': 'pricing-garbage',
    'empty-lines': 'pricing-garbage',
    'no-number': 'pricing-garbage',
    'price-beyond-bounds': 'pricing-garbage',
    'answer-missing': 'pricing-garbage',
    'foreign-id': 'pricing-garbage',
    'other-question': 'pricing-garbage',
    'endless-line': 'pricing-garbage',
    'half-a-line': 'pricing-timeout',
  } as const satisfies Partial<Record<Misbehaviour, string>>
  for (const [fault, code] of Object.entries(FAULTS))
    it(`fails the question with ${code} where the process ${fault.replaceAll('-', ' ')}, and says so once`, async () => {
      const rig = rigOf(fault as Misbehaviour)
      const reply = await rig.service.price([CALL])
      expect(countReplies([reply])).toEqual({ [code]: 1 })
      expect(rig.reasons).toEqual([reply.ok ? undefined : reply.reason])
      expect(rig.service.state()).toMatchObject({ kind: 'down', reason: { code } })
    })

  it('ends a process that takes more memory than mathematics needs', async () => {
    const rig = rigOf('hogs-memory', { ...PATIENT, deadlineMs: 30_000 })
    expect(await rig.service.price([CALL])).toMatchObject({
      reason: { code: 'pricing-crashed', text: expect.stringContaining('heap') },
    })
  })

  it('does not wait longer for a start than it may', async () => {
    const rig = rigOf('says-nothing-at-once', { ...PATIENT, startMs: 100 })
    expect(countReplies(await ask(rig, 10))).toEqual({ 'pricing-timeout': 10 })
  })

  it('fails what was asked of a program that is missing, or a Node that is', async () => {
    const missing = rigOf({ ...PRICING, entry: `${PRICING.entry}.gone` })
    expect(countReplies(await ask(missing, 3))).toEqual({ 'pricing-crashed': 3 })
    const nodeless = rigOf({ ...PRICING, node: `${process.execPath}-gone` })
    expect(countReplies(await ask(nodeless, 3))).toEqual({ 'pricing-crashed': 3 })
    expect(nodeless.reasons[0]?.text).toMatch(/could not be started/)
  })

  it('believes the first answer to a question, and nothing after a second one', async () => {
    const rig = rigOf('answers-twice')
    expect(countReplies([await rig.service.price([CALL])])).toEqual({ ok: 1 })
    await expect.poll(() => rig.told, { timeout: 20_000 }).toContain('down')
  })

  it('kills a process that floods it, and goes on with the next', async () => {
    const rig = rigOf('flood-of-lines')
    for (let round = 0; round < 2; round++) {
      const replies = await ask(rig, 3)
      expect(replies).toHaveLength(3)
      await rig.up()
    }
    await expect.poll(() => rig.told.slice(0, 2), { timeout: 20_000 }).toEqual(['down', 'back'])
  })

  it('takes no more questions than it can hold', async () => {
    const rig = rigOf('says-nothing', { ...PATIENT, mostWaiting: 10 })
    expect(countReplies(await ask(rig, 15))).toMatchObject({ 'pricing-busy': 5 })
  })

  it('ends a question that nobody wants answered any more, and answers the others', async () => {
    const rig = rigOf('slow')
    await rig.service.price([CALL])
    const cancel = new AbortController()
    const unwanted = rig.service.price([CALL], cancel.signal)
    const wanted = rig.service.price([CALL])
    cancel.abort()
    expect(countReplies([await unwanted, await wanted])).toEqual({ 'pricing-canceled': 1, ok: 1 })
    expect(countReplies([await rig.service.price([CALL], cancel.signal)])).toEqual({ 'pricing-canceled': 1 })
    expect(rig.told).toEqual([])
  })

  it('says once that it is down and once that it is back', async () => {
    const rig = rigOf()
    await rig.service.price([CALL])
    process.kill(await rig.up(), 'SIGKILL')
    await expect.poll(() => rig.told, { timeout: 20_000 }).toEqual(['down', 'back'])
    expect(countReplies(await ask(rig, 2))).toEqual({ ok: 2 })
    expect(rig.reasons[0]?.text).toBe(
      'The pricing service ended (SIGKILL). Option decisions are held until it is back; stops and everything else go on.',
    )
  })

  it('is left alone for a while after three failures in a row, then tried again', async () => {
    const rig = rigOf('no-json', { ...PATIENT, circuit: { opensAfter: 3, backoffMs: [1, 1], openMs: 60_000 } })
    for (let failure = 1; failure <= 3; failure++) {
      expect(countReplies([await rig.service.price([CALL])])).toEqual({ 'pricing-garbage': 1 })
      if (failure < 3) await rig.up()
    }
    const held = await rig.service.price([CALL])
    expect(held).toMatchObject({
      reason: {
        code: 'pricing-unavailable',
        text: expect.stringContaining(
          'is not back yet since it said something that is no answer, having failed 3 times in a row',
        ),
      },
    })

    const again = rigOf('no-json')
    for (let failure = 1; failure <= 4; failure++) {
      expect(countReplies([await again.service.price([CALL])])).toEqual({ 'pricing-garbage': 1 })
      await again.up()
    }
  })

  it('ends every question, and the process, when it is closed', async () => {
    const rig = rigOf('says-nothing')
    await rig.service.price([])
    const asked = ask(rig, 10)
    const pid = await rig.up()
    rig.service.close()
    expect(countReplies(await asked)).toEqual({ 'pricing-canceled': 10 })
    expect(await untilGone(pid)).toBe(true)
    expect(countReplies(await ask(rig, 2))).toEqual({ 'pricing-canceled': 2 })
  })

  it('ends every question asked while it is killed again and again, and answers when that is over', async () => {
    const rig = rigOf(PRICING, { ...PATIENT, circuit: { opensAfter: 99, backoffMs: [1], openMs: 1 } })
    await rig.service.price([CALL])
    const counts: Record<string, number> = {}
    let pid = await rig.up()
    for (let round = 0; round < 12; round++) {
      const asked = ask(rig, 250)
      if (round % 2 === 0) process.kill(pid, 'SIGKILL')
      else setImmediate(() => process.kill(pid, 'SIGKILL'))
      for (const [key, count] of Object.entries(countReplies(await asked))) counts[key] = (counts[key] ?? 0) + count
      pid = await rig.up(pid)
    }
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(3_000)
    expect(
      Object.keys(counts).filter((key) => !['ok', 'pricing-crashed', 'pricing-unavailable'].includes(key)),
    ).toEqual([])
    expect(counts['pricing-crashed']).toBeGreaterThan(0)
    expect(countReplies(await ask(rig, 3))).toEqual({ ok: 3 })
    for (const pid of rig.pids().slice(0, -1)) expect(await untilGone(pid)).toBe(true)
  })

  it.skipIf(isWindows)(
    'ends every question asked of a frozen process, kills it, and answers from the next',
    async () => {
      const rig = rigOf(PRICING, { ...PATIENT, circuit: { opensAfter: 99, backoffMs: [1], openMs: 1 } })
      await rig.service.price([CALL])
      for (let round = 0; round < 3; round++) {
        const pid = await rig.up()
        process.kill(pid, 'SIGSTOP')
        const counts = countReplies(await ask(rig, 1_000))
        expect(counts.ok).toBeUndefined()
        expect((counts['pricing-timeout'] ?? 0) + (counts['pricing-crashed'] ?? 0)).toBe(1_000)
        expect(counts['pricing-timeout']).toBeGreaterThan(0)
        // A frozen process dies of nothing but this signal.
        expect(await untilGone(pid)).toBe(true)
        await rig.up(pid)
        expect(countReplies(await ask(rig, 3))).toEqual({ ok: 3 })
      }
    },
  )
})
