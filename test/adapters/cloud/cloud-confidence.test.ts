import fc from 'fast-check'
import { describe, expect, it, type TestContext } from 'vitest'
import type { CloudAsk } from '../../../src/adapters/cloud/ask.ts'
import { cloudConfidence, CONFIDENCE_BUDGET_MS } from '../../../src/adapters/cloud/cloud-confidence.ts'
import { boundConfidence } from '../../../src/domain/confidence/bound-confidence.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { isInstrument, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import { tradingContext } from '../../../src/domain/context/trading-context.ts'
import { clientOf, USER } from '../../support/cloud-questions.ts'
import { hostileCloud, says, type CloudManner } from '../../support/hostile-cloud.ts'

const CONTEXT = tradingContext({
  ...{
    userId: USER,
    accountId: 'a-1' as AccountId,
    mode: 'paper',
    signature: 'vwap-bounce',
    tradingDate: '2026-10-05',
  },
  ...{ modelId: '', baseModel: '' },
})
const SETUP = { symbol: 'ES', side: 'buy' as const, features: { rsi: 31.27, distanceSigma: -2.11, secret: 5 } }
const WORD = {
  ...{ confidence: 0.4, should_trade: false, threshold: 0.5, sample_size: 60, win_rate: 0.45, expected_pnl: -0.1 },
  ...{ reason: '60 alike won 45 %', stop_multiple: null, target_multiple: null },
}
const never = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined }

const instrumentOf = (symbol: string) => {
  const found = resolveInstrument(symbol)
  return isInstrument(found) ? found : undefined
}

async function sourceOf(test: TestContext, manner: CloudManner, use: 'shrink' | 'veto' = 'shrink', budgetMs = 10_000) {
  const cloud = await hostileCloud(manner)
  test.onTestFinished(() => cloud.close())
  const { ask } = clientOf(test, { url: cloud.url })
  return { cloud, source: cloudConfidence({ ask, use, instrumentOf, isOwn: false, budgetMs, lease: () => 'a.b.c' }) }
}

describe('the confidence of the cloud', () => {
  it('is asked with what may leave this computer: product, side, listed features rounded, no more', async (test) => {
    const { cloud, source } = await sourceOf(test, says(200, WORD))
    await source.ask(CONTEXT, SETUP, never)
    const { user_id, symbol, side, features, kind, ...more } = JSON.parse(cloud.heard[0]!.body) as Record<
      string,
      unknown
    >
    expect({ user_id, symbol, side, kind }).toEqual({ user_id: USER, symbol: 'ES', side: 'buy', kind: 'signal' })
    expect(features).toEqual({ rsi: 31.5, distanceSigma: -2.1 })
    expect(Object.keys(more)).toEqual(['strategy'])
    expect(cloud.heard[0]!.headers['x-slipway-lease']).toBe('a.b.c')
  })

  it('shrinks by what the setup lacks to be worth trading, and vetoes where the account says so', async (test) => {
    const { source } = await sourceOf(test, says(200, WORD))
    expect(await source.ask(CONTEXT, SETUP, never)).toEqual({
      ...{ value: 0.4, shouldTrade: true, sizeFactor: 0.8, sampleSize: 60, reason: WORD.reason },
    })
    const veto = await sourceOf(test, says(200, WORD), 'veto')
    expect(await veto.source.ask(CONTEXT, SETUP, never)).toMatchObject({ shouldTrade: false, sizeFactor: 1 })
  })

  it('is neutral with the reason when the cloud is down, slow, or talks nonsense, within its budget', async (test) => {
    const manners: CloudManner[] = [
      () => undefined,
      (_, answer) => answer.destroy(),
      says(200, { ...WORD, confidence: 7 }),
      says(200, { ...WORD, confidence: null }),
      says(500, {}),
      (_, answer) => void setTimeout(() => answer.end(JSON.stringify(WORD)), 2 * CONFIDENCE_BUDGET_MS),
    ]
    for (const manner of manners) {
      const { source } = await sourceOf(test, manner, 'shrink', CONFIDENCE_BUDGET_MS)
      const found = await source.ask(CONTEXT, SETUP, never)
      expect(found).toMatchObject({ value: 0.5, shouldTrade: true, sizeFactor: 1, sampleSize: 0 })
      expect(found.reason).toMatch(/^neutral: the cloud/)
    }
  })

  it('is not asked about a setup of which a feature would be lost on its way, and says which', async (test) => {
    const cloud = await hostileCloud(says(200, WORD))
    test.onTestFinished(() => cloud.close())
    const { ask } = clientOf(test, { url: cloud.url })
    const source = cloudConfidence({ ask, use: 'shrink', instrumentOf, isOwn: true, budgetMs: 10_000 })
    const own = tradingContext({ ...CONTEXT, signature: 'my-edge' })
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      const features = JSON.parse(`{"rsi":30,"${name}":1}`) as Record<string, number>
      expect(await source.ask(own, { ...SETUP, features }, never)).toMatchObject({
        ...{ value: 0.5, sizeFactor: 1 },
        reason: `neutral: its feature "${name}" has a name that every object of JavaScript has`,
      })
    }
    expect(cloud.heard).toEqual([])
  })

  it('is neutral where an answer is longer than 64 kB: a bot reads, and parses, no more', async (test) => {
    const wordy = (length: number) => says(200, { ...WORD, reason: 'x'.repeat(length) })
    const short = await sourceOf(test, wordy(64_000))
    expect(await short.source.ask(CONTEXT, SETUP, never)).toMatchObject({ value: 0.4, sampleSize: 60 })
    const long = await sourceOf(test, wordy(66_000))
    expect(await long.source.ask(CONTEXT, SETUP, never)).toMatchObject({
      ...{ value: 0.5, sizeFactor: 1, sampleSize: 0 },
      reason: 'neutral: the cloud gave no answer: its answer is far too long',
    })
  })

  it('stops costing bars their time after three late answers in a row', async (test) => {
    const { cloud, source } = await sourceOf(test, () => undefined, 'shrink', 40)
    for (let bar = 0; bar < 5; bar++) await source.ask(CONTEXT, SETUP, never)
    expect(cloud.heard).toHaveLength(3)
  })

  it('ends at once when the bot does', async (test) => {
    const { source } = await sourceOf(test, () => undefined)
    const bot = new AbortController()
    bot.abort()
    expect(await source.ask(CONTEXT, SETUP, bot.signal as never)).toMatchObject({ sizeFactor: 1 })
  })

  it("does not tell others of a strategy of one's own, nor of what nobody knows", async (test) => {
    const { cloud, source } = await sourceOf(test, says(200, WORD))
    for (const [context, setup] of [
      [{ ...CONTEXT, signature: 'my-own' }, SETUP],
      [CONTEXT, { ...SETUP, symbol: 'NOBODY-KNOWS-IT' }],
      [CONTEXT, { ...SETUP, features: { mine: 1 } }],
    ] as const)
      expect(await source.ask(context, setup, never)).toMatchObject({ sizeFactor: 1, shouldTrade: true })
    expect(cloud.heard).toEqual([])
  })

  it('never throws, whatever asking does', async () => {
    const ask = (() => Promise.reject(new Error('a bug'))) as CloudAsk
    const source = cloudConfidence({ ask, use: 'veto', instrumentOf, isOwn: true })
    expect((await source.ask(CONTEXT, SETUP, never)).reason).toBe('neutral: a bug')
  })
})

describe('an answer of the pool', () => {
  it('can neither enlarge nor turn a trade, whatever it says', () => {
    const any = fc.oneof(fc.double(), fc.constantFrom(-1, 0, 0.5, 1, 2, 1e9, NaN, Infinity, -Infinity))
    const word = fc.record({
      confidence: any,
      threshold: any,
      sampleSize: any,
      shouldTrade: fc.boolean(),
      reason: fc.string(),
    })
    fc.assert(
      fc.property(word, fc.constantFrom('shrink' as const, 'veto' as const), (said, use) => {
        const { sizeFactor, value, ...rest } = boundConfidence(said, use)
        expect(sizeFactor).toBeGreaterThanOrEqual(0)
        expect(sizeFactor).toBeLessThanOrEqual(1)
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(1)
        expect(Object.keys(rest).toSorted()).toEqual(['reason', 'sampleSize', 'shouldTrade'])
      }),
    )
  })
})
