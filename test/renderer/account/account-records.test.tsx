import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { DecisionRow } from '../../../src/contracts/account-records.ts'
import { refusal } from '../../../src/domain/failure/refusal.ts'
import { accountStatus, orderRow, riskReport, tradeRow } from '../../support/account-rows.ts'
import { fakeLauncher } from '../../support/fake-launcher.ts'
import { renderPage } from '../../support/render-page.tsx'

const twoAccounts = () =>
  fakeLauncher([accountStatus({ accountId: 'anna' }), accountStatus({ accountId: 'ben', userId: 'bbbbbbbbbbbb' })])

const rowsOf = async (what: string) => within(await screen.findByRole('region', { name: `Rows of ${what}` }))

describe('what is open', () => {
  it('stands with its stop, its target and the orders that work', async () => {
    const launcher = twoAccounts()
    launcher.book.holdings.set('anna', [
      {
        ...{ symbol: 'ESH5', quantity: -2, averagePrice: '4700.125', lastPrice: '4690.00', unrealizedPnl: '1012.50' },
        ...{ stopPrice: '4710.00', targetPrice: null, currency: 'USD' },
        ...{ lastBarAt: '2024-01-05T15:30:00.000Z', openedAt: '2024-01-05T15:00:00.000Z', unpriced: null },
      },
      {
        ...{ symbol: 'ESH5C4700', quantity: 1, averagePrice: '12.00', lastPrice: null, unrealizedPnl: null },
        ...{ stopPrice: null, targetPrice: null, currency: 'USD', lastBarAt: null, openedAt: null },
        unpriced: 'An option is priced by the account’s bot, and none runs.',
      },
    ])
    launcher.book.openOrders.set('anna', [orderRow({ purpose: 'stop' })])
    renderPage(launcher, '#/account/anna/positions')
    const held = await rowsOf('positions')
    for (const text of ['Short −2', '4700.125', '4710.00', '+1,012.50 USD', '2024-01-05 15:00'])
      expect(held.getByText(text)).toBeDefined()
    // A price says of when it is, and where there is none, why.
    expect(held.getByText('bar of 2024-01-05 15:30')).toBeDefined()
    expect(held.getByText('An option is priced by the account’s bot, and none runs.')).toBeDefined()
    expect(held.getAllByText('none')).toHaveLength(3)
    expect((await rowsOf('open orders')).getByText('acknowledged')).toBeDefined()
  })
})

describe('the recent trades of an account', () => {
  const netOf = () => screen.getAllByText(/USD$/, { selector: '.records *' }).map(({ textContent }) => textContent)

  it('stand newest first, and grow when the figures say that there are more', async () => {
    const launcher = twoAccounts()
    launcher.trades.set('anna', [tradeRow(1), tradeRow(2)])
    renderPage(launcher, '#/account/anna/trades')
    await screen.findByText('+47.00 USD')
    expect(netOf()).toEqual(['+48.00 USD', '+47.00 USD'])

    launcher.trades.get('anna')!.push(tradeRow(3, { netPnl: '-9.00' }))
    launcher.change({ accountId: 'anna', realizedPnl: '86.00', tradesToday: 3 })
    await screen.findByText('−9.00 USD')
    expect(netOf()).toEqual(['−9.00 USD', '+48.00 USD', '+47.00 USD'])
  })

  it('are read when the account has done something, and not for what another one does', async () => {
    const launcher = twoAccounts()
    launcher.trades.set('anna', [tradeRow(1)])
    renderPage(launcher, '#/account/anna/trades')
    await screen.findByText('+47.00 USD')
    await waitFor(() => expect(launcher.asked.trades).toEqual(['anna', 'anna']))
    for (let n = 0; n < 20; n++) launcher.change({ accountId: 'ben', realizedPnl: `${n}.00` })
    launcher.trades.get('anna')!.push(tradeRow(2))
    launcher.happened('anna')
    await screen.findByText('+48.00 USD')
    expect(launcher.asked.trades).toEqual(['anna', 'anna', 'anna'])
  })

  it('say so when there is none', async () => {
    renderPage(twoAccounts(), '#/account/anna/trades')
    expect(await screen.findByText('No trade has been closed yet.')).toBeDefined()
  })

  it('say why they can not be shown, and are read again when asked to', async () => {
    const launcher = twoAccounts()
    launcher.trades.set('anna', [tradeRow(1)])
    launcher.refusals.trades = refusal('state-corrupt', 'The state of anna is damaged.', 'Restore a backup.')
    renderPage(launcher, '#/account/anna/trades')
    await screen.findByText('The state of anna is damaged.')
    delete launcher.refusals.trades
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('+47.00 USD')).toBeDefined()
  })
})

describe('what an account has done', () => {
  it('can be looked at order by order, with what each is for and why it ended', async () => {
    const launcher = twoAccounts()
    launcher.orders.set('anna', [
      orderRow({ clientOrderId: 'o1', cumQty: 1 }),
      orderRow({ clientOrderId: 'o2', status: 'rejected', reason: 'margin is not enough', purpose: 'entry' }),
    ])
    renderPage(launcher, '#/account/anna/orders')
    const orders = await rowsOf('orders')
    expect(orders.getByText('1 of 2')).toBeDefined()
    expect(orders.getByText('margin is not enough')).toBeDefined()
    expect(orders.getAllByRole('row')[1]?.textContent).toContain('rejected')
  })

  it('tells every reason of every decision, also of what was not traded', async () => {
    const launcher = twoAccounts()
    launcher.decisions.set('anna', [
      {
        ...{ decisionId: 'd1', accountId: 'anna', at: '2024-01-05T15:01:00.000Z', barTime: '2024-01-05T15:00:00.000Z' },
        ...{ symbol: 'ESH5', action: 'hold', side: 'buy', quantity: 0, price: '4700.25', confidence: 0.41 },
        reasons: [
          { code: 'daily-loss', text: 'the loss of the day has reached 2,000.00 USD' },
          { code: 'confidence', text: 'the pool says 0.41 of 0.50' },
        ],
      },
    ])
    renderPage(launcher, '#/account/anna/decisions')
    const decisions = await rowsOf('decisions')
    expect(decisions.getByText('Hold: no buy of ESH5')).toBeDefined()
    expect(decisions.getAllByRole('listitem')).toHaveLength(2)
  })

  it('shows what comparing the books found, and how often', async () => {
    const launcher = twoAccounts()
    launcher.reports.set('anna', [
      {
        ...{
          reportId: 1,
          at: '2024-01-05T15:00:00.000Z',
          lastAt: '2024-01-05T15:05:00.000Z',
          times: 61,
          agrees: false,
        },
        lines: [{ code: 'position-differs', text: 'ESH5: 0 lots here, 2 at the broker' }],
      },
    ])
    renderPage(launcher, '#/account/anna/reconciliation')
    const reports = await rowsOf('reconciliation')
    expect(reports.getByText('Differ')).toBeDefined()
    expect(reports.getByText('ESH5: 0 lots here, 2 at the broker.')).toBeDefined()
    expect(reports.getByText('61')).toBeDefined()
  })

  it('is never that of another account', async () => {
    const launcher = twoAccounts()
    launcher.orders.set('anna', [orderRow({ symbol: 'ANNA' })])
    launcher.orders.set('ben', [orderRow({ symbol: 'BEN' })])
    renderPage(launcher, '#/account/anna/orders')
    await screen.findByText('ANNA')
    window.location.hash = '#/account/ben/orders'
    await screen.findByText('BEN')
    expect(screen.queryByText('ANNA')).toBeNull()
  })

  it('is shown as far back as somebody wants to see', async () => {
    const launcher = twoAccounts()
    launcher.trades.set(
      'anna',
      Array.from({ length: 150 }, (_, n) => tradeRow(n)),
    )
    renderPage(launcher, '#/account/anna/trades')
    const trades = await rowsOf('trades')
    expect(trades.getAllByRole('row')).toHaveLength(101)
    fireEvent.click(trades.getByRole('button', { name: 'Older' }))
    await waitFor(() => expect(trades.getAllByRole('row')).toHaveLength(151))
    expect(trades.queryByRole('button', { name: 'Older' })).toBeNull()
  })

  it('is narrowed to decisions of one kind', async () => {
    const launcher = twoAccounts()
    const decision = (decisionId: string, action: DecisionRow['action']): DecisionRow => ({
      ...{ decisionId, accountId: 'anna', at: '2024-01-05T15:01:00.000Z', barTime: '2024-01-05T15:00:00.000Z' },
      ...{ symbol: 'ESH5', action, side: 'buy', quantity: 1, price: '4700.25', confidence: 0.5, reasons: [] },
    })
    launcher.decisions.set('anna', [decision('d1', 'hold'), decision('d2', 'enter')])
    renderPage(launcher, '#/account/anna/decisions')
    await screen.findByText('Hold: no buy of ESH5')
    fireEvent.click(screen.getByLabelText('Enter'))
    await waitFor(() => expect(screen.queryByText('Hold: no buy of ESH5')).toBeNull())
    expect(await screen.findByText('Enter: buy 1 ESH5')).toBeDefined()
  })
})

describe('the limits of an account', () => {
  const shown = async (launcher: ReturnType<typeof twoAccounts>) => {
    renderPage(launcher, '#/account/anna/risk')
    return within(await screen.findByRole('region', { name: 'Limits' }))
  }

  it('stand with what is used of them and what room is left', async () => {
    const launcher = twoAccounts()
    const limit = { code: 'daily-loss', symbol: null, setting: 'maxDailyLoss', unit: 'money', reached: false }
    launcher.risks.set(
      'anna',
      riskReport({
        limits: [
          { ...limit, limit: '2000.00', used: '750.00', room: '1250.00' },
          {
            ...{ ...limit, code: 'trading-window', setting: 'tradingWindow', unit: 'wall time' },
            ...{ limit: '09:30-11:30 America/Chicago', used: null, room: null },
          },
        ],
      }),
    )
    const risk = await shown(launcher)
    for (const text of ['Max daily loss', '750.00 USD', '2,000.00 USD']) expect(risk.getByText(text)).toBeDefined()
    expect(risk.getByText('1,250.00 USD')).toBeDefined()
    expect(risk.getByText('09:30-11:30 America/Chicago')).toBeDefined()
    expect(screen.getByText(/Worth 99,250.00 USD as of 2024-01-05 15:30 UTC/)).toBeDefined()
  })

  it('say what was reached, until when, and what a person has to do', async () => {
    const launcher = twoAccounts()
    launcher.risks.set(
      'anna',
      riskReport({
        breaches: [
          {
            ...{ id: 3, rule: 'trailing-drawdown', at: '2024-01-05T15:00:00.000Z', until: null },
            text: 'equity fell to the drawdown floor',
          },
          {
            ...{ id: 4, rule: 'daily-loss', at: '2024-01-05T15:00:00.000Z', until: '2024-01-05T22:00:00.000Z' },
            text: 'the day lost 2,000.00 USD',
          },
        ],
        killMarks: [{ scope: { kind: 'all' }, purpose: 'kill', reason: 'fat finger', at: 1 }],
        emergency: { note: 'The exchange is down.', until: '2026-11-20T15:00:00.000Z' },
        unpriced: [{ symbol: 'ESH4', text: 'no bar for 9 minutes while the market is open' }],
      }),
    )
    const risk = await shown(launcher)
    expect(risk.getByText('ESH4 is held without a price')).toBeDefined()
    expect(risk.getByText(/no bar for 9 minutes while the market is open\./)).toBeDefined()
    expect(risk.getByText('Limit reached: equity fell to the drawdown floor')).toBeDefined()
    expect(risk.getByText(/risk.clearBreach=3/)).toBeDefined()
    expect(risk.getByText('No entries before 2024-01-05 22:00 UTC.')).toBeDefined()
    expect(risk.getByText(/npx slipway release --all/)).toBeDefined()
    expect(risk.getByText(/The exchange is down\. Until 2026-11-20 15:00 UTC/)).toBeDefined()
  })

  it('show what was reached when the account writes it down, and are not asked for before', async () => {
    const launcher = twoAccounts()
    const risk = await shown(launcher)
    await waitFor(() => expect(launcher.asked.risks).toEqual(['anna', 'anna']))
    for (let n = 0; n < 20; n++) launcher.happened('ben')
    const breach = { id: 3, rule: 'daily-loss', at: '2024-01-05T15:00:00.000Z', until: null, text: 'the day lost it' }
    launcher.risks.set('anna', riskReport({ breaches: [breach] }))
    launcher.happened('anna')
    await risk.findByText('Limit reached: the day lost it')
    expect(launcher.asked.risks).toEqual(['anna', 'anna', 'anna'])
  })

  it('are read again when a pause is over, although nothing happens then', async () => {
    const launcher = twoAccounts()
    const pause = { code: 'cooldown', until: new Date(Date.now() + 3_000).toISOString() }
    launcher.risks.set('anna', riskReport({ pauses: [pause] }))
    const risk = await shown(launcher)
    await risk.findByText(/^Paused \(cooldown\)/)
    launcher.risks.set('anna', riskReport())
    await waitFor(() => expect(risk.queryByText(/^Paused/)).toBeNull())
  })
})
