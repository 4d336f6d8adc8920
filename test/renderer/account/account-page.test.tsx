import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { chartFill, fakeChart, lockReport } from '../../support/fake-account-book.ts'
import { accountStatus } from '../../support/account-rows.ts'
import { fakeLauncher } from '../../support/fake-launcher.ts'
import { renderPage } from '../../support/render-page.tsx'

const twoAccounts = () =>
  fakeLauncher([accountStatus({ accountId: 'anna' }), accountStatus({ accountId: 'ben', userId: 'bbbbbbbbbbbb' })])

describe('the head of an account', () => {
  const head = async () => within(await screen.findByRole('region', { name: 'Account anna' }))
  const shown = async (fields: Parameters<typeof accountStatus>[0], tab = 'lock') => {
    const launcher = fakeLauncher([accountStatus({ accountId: 'anna', ...fields })])
    renderPage(launcher, `#/account/anna/${tab}`)
    return { launcher, head: await head() }
  }

  it('says state, mode, position and what it makes', async () => {
    const { head: top } = await shown({
      ...{ state: 'trading', pid: 1, position: 2, unrealizedPnl: '125.00', todayPnl: '-40.00', realizedPnl: '310.00' },
      lossLimitUsed: { rule: 'daily-loss', share: 0.25, used: '500.00', limit: '2000.00' },
    })
    for (const text of ['Trading', 'Paper', '+2 ESH5', '+125.00 USD', '−40.00 USD', '+310.00 USD', '25 %'])
      expect(top.getByText(text)).toBeDefined()
  })

  it('of a live account says that it is real money, in words', async () => {
    const { head: top } = await shown({ mode: 'live' })
    expect(top.getByText(/real money/)).toBeDefined()
  })

  it('offers a new start after a crash, and says what to look at first', async () => {
    const { head: top, launcher } = await shown({ state: 'crashed', lastError: 'it ran out of memory' })
    expect(top.getByText('anna has crashed')).toBeDefined()
    expect(top.getByText('it ran out of memory')).toBeDefined()
    expect(top.getByRole('link', { name: 'its log' }).getAttribute('href')).toBe('#/account/anna/log')
    fireEvent.click(top.getByRole('button', { name: 'Start anna' }))
    await top.findByText('Trading')
    expect(launcher.asked).toBeDefined()
  })

  it('asks for the name of a live account before it is flattened', async () => {
    const { head: top } = await shown({ mode: 'live', state: 'trading', pid: 1, position: -1 })
    fireEvent.click(top.getByRole('button', { name: 'Flatten anna' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Flatten anna?' }))
    expect(dialog.getByText('−1 ESH5')).toBeDefined()
    const close = dialog.getByRole('button', { name: 'Close with real money' }) as HTMLButtonElement
    expect(close.disabled).toBe(true)
    fireEvent.change(dialog.getByLabelText('Type anna to confirm'), { target: { value: 'anna' } })
    expect(close.disabled).toBe(false)
    fireEvent.click(close)
    await top.findByText('Flat')
  })

  it('asks before a bot is stopped that holds something, and stops one that is flat at once', async () => {
    const { head: top, launcher } = await shown({ state: 'trading', pid: 1, position: 3 })
    fireEvent.click(top.getByRole('button', { name: 'Stop anna' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Stop anna while it holds +3 ESH5?' }))
    fireEvent.click(dialog.getByRole('button', { name: 'Cancel' }))
    expect(top.getByText('Trading')).toBeDefined()
    launcher.change({ accountId: 'anna', position: 0 })
    await top.findByText('Flat')
    fireEvent.click(top.getByRole('button', { name: 'Stop anna' }))
    await top.findAllByText(/^Stopped/)
  })
})

describe('the tabs of an account', () => {
  it('are in the address', async () => {
    renderPage(twoAccounts(), '#/account/anna/trades')
    await screen.findByText('No trade has been closed yet.')
    fireEvent.click(screen.getByRole('tab', { name: 'Fills' }))
    await screen.findByText('Nothing has been filled yet.')
    expect(window.location.hash).toBe('#/account/anna/fills')
  })

  it('say so when there is no such account', async () => {
    renderPage(twoAccounts(), '#/account/nobody')
    expect(await screen.findByText(/There is no account nobody any more/)).toBeDefined()
  })
})

describe('the chart of an account', () => {
  it('can be read as a table, with what the account did at each bar', async () => {
    const launcher = twoAccounts()
    const chart = fakeChart(5)
    chart.fills.push(chartFill(3))
    launcher.book.charts.set('anna', chart)
    renderPage(launcher, '#/account/anna')
    fireEvent.click(await screen.findByRole('switch', { name: 'As a table' }))
    const bars = within(await screen.findByRole('region', { name: 'Bars of ESH5' }))
    expect(bars.getByText('Entry: bought 2 at 250.00')).toBeDefined()
    expect(bars.getAllByRole('row')).toHaveLength(6)
  })

  it('says what to do while there is no bar', async () => {
    renderPage(twoAccounts(), '#/account/anna')
    expect(await screen.findByText(/this account has not traded. Start it/)).toBeDefined()
  })
})

describe('the balance of an account', () => {
  it('is told with its deepest drawdown', async () => {
    const launcher = twoAccounts()
    launcher.book.balances.set('anna', {
      ...{ currency: 'USD', digits: 2, opening: 10_000_00, bookings: 3, cursor: '3:0:0' },
      points: [
        [60_000, 10_500_00, 0],
        [120_000, 10_100_00, -400_00],
        [180_000, 10_300_00, -200_00],
      ],
    })
    renderPage(launcher, '#/account/anna/balance')
    const panel = within(await screen.findByRole('region', { name: 'Balance and drawdown' }))
    for (const text of ['10,300.00 USD', '+300.00 USD', '−200.00 USD', '−400.00 USD'])
      expect((await panel.findAllByText(text)).length).toBeGreaterThan(0)
  })
})

describe('the lock of an account', () => {
  it('says who holds it, since when, and that nobody can force it', async () => {
    const launcher = twoAccounts()
    launcher.book.locks.set(
      'anna',
      lockReport({
        ...{ verdict: 'unresponsive', held: true, text: 'The bot of account anna is paused.' },
        takeover: 'A lock is never forced: the paused process would go on trading when it wakes.',
        record: {
          ...{ pid: 4711, instanceId: 'i-1', startedAt: '2024-01-05T15:00:00.000Z', mode: 'paper' },
          ...{ appVersion: '1.2.3', program: '/usr/bin/node', generation: 7 },
        },
      }),
    )
    renderPage(launcher, '#/account/anna/lock')
    const lock = within(await screen.findByRole('region', { name: 'Who holds the account' }))
    for (const text of ['Held by a bot that does not answer', '4711', '2024-01-05 15:00:00 UTC', '7'])
      expect(lock.getByText(text)).toBeDefined()
    expect(lock.getByText(/never forced/)).toBeDefined()
    expect(screen.queryByRole('button', { name: /force/i })).toBeNull()
  })

  it('is read again when it has another holder, and for nothing else', async () => {
    const launcher = twoAccounts()
    renderPage(launcher, '#/account/anna/lock')
    await screen.findByText('Free')
    await waitFor(() => expect(launcher.book.locksAsked).toEqual(['anna', 'anna']))
    for (let bar = 0; bar < 20; bar++) launcher.change({ accountId: 'anna', realizedPnl: `${bar}.00` })
    launcher.relock(lockReport({ accountId: 'ben', verdict: 'alive' }))
    launcher.relock(lockReport({ accountId: 'anna', verdict: 'alive', held: true }))
    await screen.findByText('Held by a running bot')
    expect(launcher.book.locksAsked).toEqual(['anna', 'anna', 'anna'])
  })
})
