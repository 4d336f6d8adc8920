import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openAccountRegistry } from '../../../src/adapters/account-registry/account-registry.ts'
import { readAccountSettings } from '../../../src/adapters/account-registry/read-settings.ts'
import { homeLayout, type HomeLayout } from '../../../src/adapters/home/layout.ts'
import { homeCalendar } from '../../../src/adapters/calendar/home-calendar.ts'
import { accountRisk } from '../../../src/apps/bot/account-risk.ts'
import { resolveAccountInstruments } from '../../../src/apps/bot/resolve-account.ts'
import { accountRules } from '../../../src/apps/launcher/account-rules.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { tempHome } from '../../support/temp-home.ts'

const ID = 'A1' as AccountId
const MICRO_BITCOIN = {
  ...{ symbol: 'MBT', kind: 'future', exchange: 'CME', currency: { code: 'USD', digits: 2 } },
  ...{ tickSize: '5', tickValue: '0.50', lotSize: '0.1' },
  session: { zone: 'America/Chicago', open: '17:00', close: '16:00', opensDayBefore: true },
}

const open = (layout: HomeLayout) =>
  openAccountRegistry({
    layout,
    now: () => epochMs(Date.UTC(2026, 0, 1)),
    rules: accountRules(layout),
    heldBy: () => Promise.resolve(undefined),
  })

async function accountOf(symbol: string, instruments: readonly object[] = []): Promise<HomeLayout> {
  const layout = homeLayout(tempHome())
  describeAs(layout, instruments)
  const account = { accountId: ID, user: 'alice', broker: 'sim', mode: 'paper', strategy: 'vwap-bounce' } as const
  const set = ['risk.preset=topstep-50k']
  await open(layout).add({ ...account, symbol, timeframe: '1m', feed: 'synthetic', set })
  return layout
}
const describeAs = (layout: HomeLayout, instruments: readonly object[]) =>
  writeFileSync(layout.instrumentsFile, JSON.stringify({ instruments }))

function rewrite(layout: HomeLayout, change: (risk: Record<string, unknown>) => void): void {
  const settings = JSON.parse(readFileSync(layout.settings(ID), 'utf8')) as { risk: Record<string, unknown> }
  change(settings.risk)
  writeFileSync(layout.settings(ID), JSON.stringify(settings))
}

/** What the account's bot takes up at its start. */
function limitsOf(layout: HomeLayout) {
  const settings = readAccountSettings(layout, ID)
  const { traded } = resolveAccountInstruments(layout, settings)
  const { limits } = accountRisk(settings, traded, homeCalendar(layout), { sessionAt: () => undefined })
  return [limits.maxTotalContractsMilli, limits.maxPositionLots, limits.maxOrderLots]
}

describe('an account that follows a rule set', () => {
  it('has a limit that came into it later, for its bot and for whoever edits it', async () => {
    const layout = await accountOf('MES,ES')
    rewrite(layout, (risk) => {
      delete risk['maxTotalContracts']
      Object.assign(risk, { maxPositionLots: 5, maxOrderLots: 5 })
    })
    expect(limitsOf(layout)).toEqual([5_000, 5, 5])
    expect(open(layout).show(ID).risk).toMatchObject({ maxTotalContracts: 5, maxPositionLots: 5 })
    const { changed } = await open(layout).edit(ID, ['risk.maxPositionLots=50'])
    expect(changed).toEqual(['risk.maxPositionLots: 5 → 50'])
    expect(limitsOf(layout)).toEqual([5_000, 50, 5])
  })

  it('stays usable where its instrument counts as more than when it was made', async () => {
    const layout = await accountOf('MBT', [{ ...MICRO_BITCOIN, contracts: '0.1' }])
    expect(limitsOf(layout)).toEqual([5_000, 50, 50])
    describeAs(layout, [MICRO_BITCOIN])
    expect(limitsOf(layout)).toEqual([5_000, 5, 5])
    expect(open(layout).show(ID).risk).toMatchObject({ maxPositionLots: 5, maxOrderLots: 5 })
    await expect(open(layout).edit(ID, ['risk.maxPositionLots=6'])).rejects.toMatchObject({
      refusal: { code: 'setting-invalid', message: expect.stringContaining('looser') },
    })
  })
})
