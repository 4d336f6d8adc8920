import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { refusal } from '../../../src/domain/failure/refusal.ts'
import { accountStatus, fakeLauncher, logLine, orderRow, riskReport, tradeRow } from '../../support/fake-launcher.ts'
import { renderPage } from '../../support/render-page.tsx'

const twoAccounts = () =>
  fakeLauncher([accountStatus({ accountId: 'anna' }), accountStatus({ accountId: 'ben', userId: 'bbbbbbbbbbbb' })])

const logOf = (accountId: string) => screen.findByRole('region', { name: `Lines of the log of ${accountId}` })

describe('the log of an account', () => {
  it('is that of the first account until somebody chooses another one, and never mixes the two', async () => {
    const launcher = twoAccounts()
    launcher.write('anna', logLine(0, { message: 'anna begins' }))
    launcher.write('ben', logLine(0, { message: 'ben begins' }))
    renderPage(launcher)
    await within(await logOf('anna')).findByText('anna begins')
    expect(screen.queryByText('ben begins')).toBeNull()

    fireEvent.click(await screen.findByRole('button', { name: 'ben' }))
    const log = within(await logOf('ben'))
    launcher.write('anna', logLine(1, { message: 'anna again' }))
    launcher.write('ben', logLine(1, { message: 'ben again' }))
    expect(await log.findByText('ben again')).toBeDefined()
    expect(screen.queryByText(/anna begins|anna again/)).toBeNull()
    expect(window.location.hash).toBe('#account=ben')
  })

  it('grows while lines are written', async () => {
    const launcher = twoAccounts()
    renderPage(launcher)
    expect(await screen.findByText(/No log yet. Start the account/)).toBeDefined()
    launcher.write('anna', logLine(0, { level: 'warn', event: 'feed-trouble', message: 'a bar is missing' }))
    const log = within(await logOf('anna'))
    for (const text of ['a bar is missing', 'warn', 'feed-trouble', '22:13:20.000'])
      expect(log.getByText(text, { exact: false })).toBeDefined()
    expect(screen.getByText('One line. Times are UTC.')).toBeDefined()
  })

  it('shows a torn line as it stands in the file', async () => {
    const launcher = twoAccounts()
    const torn = { time: null, level: null, event: null, message: '{"time":"2024', raw: '{"time":"2024' }
    launcher.write('anna', logLine(0), logLine(1, torn))
    renderPage(launcher)
    expect((await within(await logOf('anna')).findByText('{"time":"2024')).hasAttribute('data-torn')).toBe(true)
  })

  it('shows every line as it stands in the file when asked to', async () => {
    const launcher = twoAccounts()
    launcher.write('anna', logLine(0))
    renderPage(launcher)
    await logOf('anna')
    fireEvent.click(screen.getByLabelText('Raw'))
    expect(await screen.findByText('raw of line 0')).toBeDefined()
  })

  it('lets the launcher look for text and levels, so that old lines are found too', async () => {
    const launcher = twoAccounts()
    launcher.write('anna', logLine(0))
    renderPage(launcher)
    await logOf('anna')
    fireEvent.change(screen.getByLabelText('Only lines with this text'), { target: { value: 'P&L (day)' } })
    fireEvent.change(screen.getByLabelText('Least important level shown'), { target: { value: 'warn' } })
    await waitFor(() =>
      expect(launcher.asked.follow.at(-1)).toEqual({
        id: 'anna',
        level: 'warn',
        grep: '(?i:P&L \\(day\\))',
        tail: 500,
      }),
    )
  })

  it('keeps only the lines in view in the document', async () => {
    const launcher = twoAccounts()
    launcher.write('anna', ...Array.from({ length: 500 }, (_, n) => logLine(n)))
    renderPage(launcher)
    const log = await logOf('anna')
    await screen.findByText('500 lines. Times are UTC.')
    const inDocument = log.querySelectorAll('.logLine').length
    expect(inDocument).toBeGreaterThan(10)
    expect(inDocument).toBeLessThan(80)
  })

  it('is paused while the launcher is away, and goes on without a line twice', async () => {
    const launcher = twoAccounts()
    launcher.write('anna', logLine(0))
    renderPage(launcher)
    await screen.findByText('One line. Times are UTC.')
    launcher.setDoor('down')
    await screen.findByText(/^Paused: the connection is lost/)
    launcher.write('anna', logLine(1))
    launcher.setDoor('open')
    expect(await screen.findByText('2 lines. Times are UTC.')).toBeDefined()
  })

  it('says why it can not be shown, and what to do', async () => {
    const launcher = twoAccounts()
    launcher.refusals.logs = refusal('bad-usage', 'The search pattern takes too long.', 'Use a simpler pattern.')
    renderPage(launcher)
    expect(await screen.findByText('The search pattern takes too long.')).toBeDefined()
    expect(screen.getByText(/Use a simpler pattern/)).toBeDefined()
  })
})

describe('the recent trades of an account', () => {
  const netOf = () => screen.getAllByText(/USD$/, { selector: '.records *' }).map(({ textContent }) => textContent)

  it('stand newest first, and grow when the figures say that there are more', async () => {
    const launcher = twoAccounts()
    launcher.trades.set('anna', [tradeRow(1), tradeRow(2)])
    renderPage(launcher)
    await screen.findByText('+47.00 USD')
    expect(netOf()).toEqual(['+48.00 USD', '+47.00 USD'])

    launcher.trades.get('anna')!.push(tradeRow(3, { netPnl: '-9.00' }))
    launcher.change({ accountId: 'anna', realizedPnl: '86.00', tradesToday: 3 })
    await screen.findByText('−9.00 USD')
    expect(netOf()).toEqual(['−9.00 USD', '+48.00 USD', '+47.00 USD'])
  })

  it('say so when there is none', async () => {
    renderPage(twoAccounts())
    expect(await screen.findByText('No trade has been closed yet.')).toBeDefined()
  })

  it('say why they can not be shown, and are read again when asked to', async () => {
    const launcher = twoAccounts()
    launcher.trades.set('anna', [tradeRow(1)])
    launcher.refusals.trades = refusal('state-corrupt', 'The state of anna is damaged.', 'Restore a backup.')
    renderPage(launcher)
    await screen.findByText('The state of anna is damaged.')
    delete launcher.refusals.trades
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('+47.00 USD')).toBeDefined()
  })
})

describe('what an account has done', () => {
  const open = async (tab: string) => fireEvent.click(await screen.findByRole('tab', { name: tab }))

  it('can be looked at order by order, with what each is for and why it ended', async () => {
    const launcher = twoAccounts()
    launcher.orders.set('anna', [
      orderRow({ clientOrderId: 'o1', cumQty: 1 }),
      orderRow({ clientOrderId: 'o2', status: 'rejected', reason: 'margin is not enough', purpose: 'entry' }),
    ])
    renderPage(launcher)
    await open('Orders')
    const orders = within(await screen.findByRole('region', { name: 'Orders' }))
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
    renderPage(launcher)
    await open('Decisions')
    const decisions = within(await screen.findByRole('region', { name: 'Decisions' }))
    expect(decisions.getByText('Hold: buy ESH5')).toBeDefined()
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
    renderPage(launcher)
    await open('Reconciliation')
    const reports = within(await screen.findByRole('region', { name: 'Reconciliation' }))
    expect(reports.getByText('Differ')).toBeDefined()
    expect(reports.getByText('ESH5: 0 lots here, 2 at the broker')).toBeDefined()
    expect(reports.getByText('61')).toBeDefined()
  })

  it('is never that of another account, and the chosen listing is remembered', async () => {
    const launcher = twoAccounts()
    launcher.orders.set('anna', [orderRow({ symbol: 'ANNA' })])
    launcher.orders.set('ben', [orderRow({ symbol: 'BEN' })])
    renderPage(launcher)
    await open('Orders')
    await screen.findByText('ANNA')
    fireEvent.click(await screen.findByRole('button', { name: 'ben' }))
    await screen.findByText('BEN')
    expect(screen.queryByText('ANNA')).toBeNull()
  })
})

describe('the limits of an account', () => {
  const shown = async (launcher: ReturnType<typeof twoAccounts>) => {
    renderPage(launcher)
    fireEvent.click(await screen.findByRole('tab', { name: 'Risk' }))
    return within(await screen.findByRole('region', { name: 'Risk' }))
  }

  it('stand with what is used of them and what room is left', async () => {
    const launcher = twoAccounts()
    const limit = { code: 'daily-loss', symbol: null, setting: 'maxDailyLoss', unit: 'money', reached: false }
    launcher.risks.set(
      'anna',
      riskReport({ limits: [{ ...limit, limit: '2000.00', used: '750.00', room: '1250.00' }] }),
    )
    const risk = await shown(launcher)
    for (const text of ['Max daily loss', '750.00 USD', '2,000.00 USD']) expect(risk.getByText(text)).toBeDefined()
    expect(risk.getByText('1,250.00 USD')).toBeDefined()
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
      }),
    )
    const risk = await shown(launcher)
    expect(risk.getByText('Limit reached: equity fell to the drawdown floor')).toBeDefined()
    expect(risk.getByText(/risk.clearBreach=3/)).toBeDefined()
    expect(risk.getByText('No entries before 2024-01-05 22:00 UTC.')).toBeDefined()
    expect(risk.getByText(/npx slipway release --all/)).toBeDefined()
  })
})
