import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { cloudConfidence } from '../../../src/adapters/cloud/cloud-confidence.ts'
import { neutralConfidence, type ConfidenceSource } from '../../../src/domain/confidence/confidence.ts'
import { openRig, RIG_ACCOUNT, RIG_INSTRUMENT, walkBars } from '../../support/bot-rig.ts'
import { clientOf, USER } from '../../support/cloud-questions.ts'
import { hostileCloud, inTurn, refuses, says, type CloudManner } from '../../support/hostile-cloud.ts'
import { tempHome } from '../../support/temp-home.ts'

const bars = walkBars(250, 11)
const ANSWER = {
  ...{ confidence: 1, should_trade: true, threshold: 0.5, sample_size: 10_000, win_rate: 1, expected_pnl: 9 },
  ...{ reason: 'buy all of it', stop_multiple: 2, target_multiple: 2 },
}

/** As the bot's own entry point names user and strategy. */
const named = (source: ConfidenceSource): ConfidenceSource => ({
  ask: (context, query, signal) => source.ask({ ...context, userId: USER, signature: 'eager' }, query, signal),
})

async function tradesWith(source: ConfidenceSource) {
  const confidence = named(source)
  const rig = openRig({ home: tempHome(), bars, confidence })
  await rig.run()
  await rig.close()
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  const rows = (sql: string) => db.prepare(sql).all()
  const books = {
    orders: rows('SELECT client_order_id, purpose, quantity, status FROM orders ORDER BY rowid'),
    // What the pool said is written down; it is all that may differ.
    trades: rows('SELECT * FROM trades ORDER BY rowid').map((row) => ({ ...(row as object), confidence: 0 })),
  }
  db.close()
  return books
}

/** Row N1: what a bot does when its cloud misbehaves in every way there is. */
describe('a bot whose pool is down, slow, garbage or a liar', () => {
  const MANNERS: Readonly<Record<string, CloudManner>> = {
    hangs: () => undefined,
    'answers garbage, cuts, floods, fails and points elsewhere by turns': inTurn(
      (_, answer) => answer.end('<html>'),
      (_, answer) => answer.destroy(),
      refuses(500, 'internal'),
      (_, answer) => answer.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      (_, answer) => answer.end('x'.repeat(5_000_000)),
      refuses(429, 'rate_limited', { 'retry-after': '1' }),
    ),
    'promises the moon': says(200, ANSWER),
    'promises more than there is': says(200, { ...ANSWER, confidence: 40, size_factor: 9, side: 'sell' }),
  }
  for (const [what, manner] of Object.entries(MANNERS))
    it(`makes the very same orders and trades as without one: it ${what}`, async (test) => {
      const cloud = await hostileCloud(manner)
      test.onTestFinished(() => cloud.close())
      const { ask } = clientOf(test, { url: cloud.url })
      const source = cloudConfidence({
        ask,
        use: 'shrink',
        isOwn: true,
        instrumentOf: () => RIG_INSTRUMENT,
        budgetMs: 50,
      })
      const [hostile, alone] = [await tradesWith(source), await tradesWith(neutralConfidence)]
      expect(cloud.heard.length).toBeGreaterThan(0)
      expect(alone.trades.length).toBeGreaterThan(5)
      expect(hostile).toEqual(alone)
    })

  it('can only be kept from entering by one that finds everything bad: exits go on', async (test) => {
    const cloud = await hostileCloud(
      inTurn(
        ...Array.from({ length: 8 }, () => says(200, ANSWER)),
        says(200, { ...ANSWER, confidence: 0, should_trade: false }),
      ),
    )
    test.onTestFinished(() => cloud.close())
    const { ask } = clientOf(test, { url: cloud.url })
    const parts = { ask, isOwn: true, instrumentOf: () => RIG_INSTRUMENT, budgetMs: 10_000 }
    const { orders, trades } = await tradesWith(cloudConfidence({ ...parts, use: 'veto' }))
    const entries = (orders as { purpose: string }[]).filter(({ purpose }) => purpose === 'entry')
    expect(entries.length).toBeGreaterThan(0)
    expect(entries.length).toBeLessThanOrEqual(8)
    expect(trades).toHaveLength(entries.length)
  })
})
