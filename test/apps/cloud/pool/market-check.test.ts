import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { saveTrade } from '../../../../src/contracts/cloud/pool.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { generateBars, prepareHome } from '../../../support/bot-fleet.ts'
import { USER } from '../../../support/cloud-questions.ts'
import { askCloud, servedCloud } from '../../../support/running-cloud.ts'
import { tempHome } from '../../../support/temp-home.ts'

const DAY = '2026-06-26'
const now = () => epochMs(Date.parse(`${DAY}T22:00:00Z`))
const SETTINGS = { smtpUrl: undefined, mailFrom: undefined, stripeSecret: undefined, publicUrl: undefined } as const

/** A hosted server, three trades of a day that was bought at a stop of forty ticks, and what it says of itself. */
async function served(marketHome: string | undefined) {
  const { url, folder } = await servedCloud({ now, settings: { ...SETTINGS, marketHome } })
  const give = async (n: number, symbol: string, r: number) => {
    const { status } = await askCloud(url, saveTrade.path, {
      body: {
        ...{
          user_id: USER,
          idempotency_key: `key-${String(n).padStart(16, '0')}`,
          kind: 'signal',
          symbol,
          side: 'buy',
        },
        ...{ features: { riskTicks: 400 }, outcome: { r, exit: 'target', bars: 9 }, source: 'paper', timeframe: '1m' },
        ...{ strategy: 'vwap-bounce', day: DAY },
      },
    })
    expect(status).toBe(200)
  }
  await give(1, 'MES', 0.01)
  await give(2, 'MES', 19)
  await give(3, 'NQ', 19)
  const { text } = await askCloud(url, '/metrics')
  const figure = (name: string) => Number(new RegExp(`^slipway_pool_market_${name} (\\d+)$`, 'm').exec(text)?.[1])
  const ready = async () => ((await askCloud(url, '/ready')).body as { pool: { detail: string } }).pool.detail
  const { db, close } = await openCloudDb({ kind: 'sqlite', file: join(folder, 'cloud.db') })
  const rows = await db.selectFrom('experiences').select('status').where('user_id', '=', USER).orderBy('seq').execute()
  await close()
  return {
    statuses: rows.map(({ status }) => status),
    ready,
    figures: ['data', 'known_total', 'unknown_total'].map(figure),
  }
}

describe('contributions on a hosted server', () => {
  it('are held against the bars of the home that its operator has imported them into', async () => {
    const layout = prepareHome(tempHome())
    generateBars(layout, 'MESM6', 5, 1)
    const { statuses, figures, ready } = await served(layout.root)
    expect(statuses).toEqual(['used', 'held-range', 'used'])
    expect(figures).toEqual([1, 2, 1])
    await expect.poll(ready, { timeout: 30_000 }).toMatch(/^\d+ experiences$/)
  })

  it('are taken without market data too, and the server says that nothing was held against it', async () => {
    const { statuses, figures, ready } = await served(undefined)
    expect(statuses).toEqual(['used', 'used', 'used'])
    expect(figures).toEqual([0, 0, 3])
    await expect.poll(ready, { timeout: 30_000 }).toMatch(/^\d+ experiences, not held against market data/)
  })
})
