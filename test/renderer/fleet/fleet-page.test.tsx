import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { refusal } from '../../../src/domain/failure/refusal.ts'
import { accountStatus, fakeLauncher, type FakeLauncher } from '../../support/fake-launcher.ts'
import { renderPage } from '../../support/render-page.tsx'

const button = (name: string | RegExp) => screen.findByRole<HTMLButtonElement>('button', { name })

/** The block of rows that shows one account. */
async function rowsOf(accountId: string): Promise<HTMLElement> {
  const id = await button(accountId)
  return id.closest('tbody')!
}

function pageOf(...accounts: Parameters<typeof accountStatus>[0][]): FakeLauncher {
  const launcher = fakeLauncher(accounts.map((fields) => accountStatus(fields)))
  renderPage(launcher)
  return launcher
}

describe('the page', () => {
  it('shows an account with its state in words, its figures and their currency', async () => {
    pageOf({
      ...{ accountId: 'anna-es', state: 'blocked', stateReason: 'daily loss reached', pid: 4242, tradesToday: 3 },
      ...{ position: -2, realizedPnl: '-1234.50', unrealizedPnl: '12.25', lastBarAt: '2024-01-05T20:59:00.000Z' },
      lastError: 'the broker refused an order',
    })
    const rows = within(await rowsOf('anna-es'))
    for (const text of ['Blocked', 'daily loss reached', '4242', '3', '−2', 'Paper', 'ESH5', 'vwap-bounce'])
      expect(rows.getByText(text)).toBeDefined()
    for (const text of ['−1,234.50 USD', '+12.25 USD', '2024-01-05 20:59', '0123456789ab'])
      expect(rows.getByText(text)).toBeDefined()
    expect(rows.getByText(/the broker refused an order/)).toBeDefined()
  })

  it('shows what is held beside the first symbol, so that options never pass for flat', async () => {
    const option = 'NIFTY24JAN21700CE'
    pageOf({ accountId: 'anna', symbol: 'NIFTY,BANKNIFTY', position: 0, holdings: [{ symbol: option, quantity: -50 }] })
    expect(within(await rowsOf('anna')).getByText(`−50 ${option}`)).toBeDefined()
  })

  it('never lets a live account pass for one on paper', async () => {
    pageOf({ accountId: 'a', mode: 'live' }, { accountId: 'b', mode: 'paper' })
    expect(within(await rowsOf('a')).getByText('Live')).toBeDefined()
    expect(within(await rowsOf('a')).queryByText('Paper')).toBeNull()
    expect(within(await rowsOf('b')).queryByText('Live')).toBeNull()
  })

  it('does not guess the mode of an account whose settings can not be read', async () => {
    pageOf({ accountId: 'torn', userId: '', broker: '', strategy: '', symbol: '' })
    const rows = within(await rowsOf('torn'))
    expect(rows.getByText('Unknown')).toBeDefined()
    expect(rows.queryByText('Paper')).toBeNull()
  })

  it('counts the accounts in each state', async () => {
    pageOf(
      ...[
        { accountId: 'a', state: 'trading' as const },
        { accountId: 'b', state: 'trading' as const },
      ],
      ...[
        { accountId: 'c', state: 'crashed' as const },
        { accountId: 'd', state: 'starting' as const },
      ],
    )
    const list = await screen.findByRole('list', { name: 'Accounts by state' })
    expect(
      within(list)
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent),
    ).toEqual([...['2 Trading', '0 Blind', '0 Blocked', '1 Crashed', '0 Stopped', '1 Changing']])
    expect(document.title).toContain('1 crashed')
  })

  it('follows what the launcher tells, accounts that come and go included', async () => {
    const launcher = pageOf({ accountId: 'a' })
    await rowsOf('a')
    launcher.change({ accountId: 'a', state: 'trading', realizedPnl: '7.00' })
    expect(await screen.findByText('+7.00 USD')).toBeDefined()
    launcher.change({ ...accountStatus(), accountId: 'b' })
    await rowsOf('b')
    launcher.remove('a')
    await waitFor(() => expect(screen.queryByRole('button', { name: 'a' })).toBeNull())
  })

  it('says what to type when there is no account', async () => {
    pageOf()
    expect(await screen.findByText(/npx slipway data generate --symbol/)).toBeDefined()
    expect(screen.getByText(/npx slipway account add demo/)).toBeDefined()
  })
})

describe('the buttons of an account', () => {
  it('start it, are busy meanwhile, and keep the keyboard where it is', async () => {
    const launcher = pageOf({ accountId: 'a' })
    const start = await button('Start a')
    const answer = launcher.hold()
    start.focus()
    fireEvent.click(start)
    await waitFor(() => expect(start.getAttribute('aria-busy')).toBe('true'))
    fireEvent.click(start)
    answer.release()
    await within(await rowsOf('a')).findByText('Trading')
    await waitFor(() => expect(start.getAttribute('aria-busy')).toBe('false'))
    expect(document.activeElement).toBe(start)
    expect(start.getAttribute('aria-disabled')).toBe('true')
    expect((await button('Stop a')).getAttribute('aria-disabled')).toBe('false')
  })

  it('tell of a refusal with its reason, the next step and the code, until somebody has read it', async () => {
    const launcher = pageOf({ accountId: 'a' })
    launcher.refusals.start = refusal('data-missing', 'There are no bars of ESH5.', 'Import some.')
    fireEvent.click(await button('Start a'))
    const notice = within(await screen.findByRole('alert'))
    for (const text of ['a: start refused', 'There are no bars of ESH5.', 'Import some.', 'data-missing'])
      expect(notice.getByText(text, { exact: false })).toBeDefined()
    fireEvent.click(notice.getByRole('button', { name: 'Close this message' }))
    await waitFor(() => expect(screen.queryByText('There are no bars of ESH5.')).toBeNull())
  })

  it('stop it', async () => {
    pageOf({ accountId: 'a', state: 'trading', pid: 1 })
    fireEvent.click(await button('Stop a'))
    expect(await within(await rowsOf('a')).findByText('requested')).toBeDefined()
  })
})

describe('the buttons of the fleet', () => {
  it('start all at once, and ask before they stop all', async () => {
    pageOf({ accountId: 'a' }, { accountId: 'b' })
    fireEvent.click(await button('Start all'))
    await within(await rowsOf('a')).findByText('Trading')
    await within(await rowsOf('b')).findByText('Trading')

    const stopAll = await button('Stop all')
    await waitFor(() => expect(stopAll.getAttribute('aria-disabled')).toBe('false'))
    fireEvent.click(stopAll)
    const question = within(await screen.findByRole('alertdialog'))
    expect(question.getByText(/2 bots stop trading/)).toBeDefined()
    expect(within(await rowsOf('a')).getByText('Trading')).toBeDefined()
    fireEvent.click(question.getByRole('button', { name: 'Stop all' }))
    await within(await rowsOf('b')).findByText('Stopped')
  })

  it('ask before they start an account that trades real money', async () => {
    pageOf({ accountId: 'a' }, { accountId: 'b', mode: 'live' })
    fireEvent.click(await button('Start all'))
    const question = within(await screen.findByRole('alertdialog'))
    expect(question.getByText(/1 of the 2 accounts to start trade LIVE/)).toBeDefined()
    expect(within(await rowsOf('b')).getByText('Stopped')).toBeDefined()
  })
})

describe('a page without its launcher', () => {
  it('says since when what it shows is old, switches its buttons off, and goes on by itself', async () => {
    const launcher = pageOf({ accountId: 'a' })
    launcher.change({ accountId: 'a', position: 5 })
    await screen.findByText('+5')
    expect(screen.getByText('Online')).toBeDefined()

    launcher.setDoor('down')
    expect(await screen.findByText(/^Stale since \d\d:\d\d:\d\d UTC$/)).toBeDefined()
    expect(screen.getByText(/Start it and open a new page/)).toBeDefined()
    expect(screen.getByText('+5')).toBeDefined()
    expect((await button('Start a')).getAttribute('aria-disabled')).toBe('true')

    launcher.change({ accountId: 'a', position: 6 })
    act(() => launcher.setDoor('open'))
    expect(await screen.findByText('+6')).toBeDefined()
    expect(screen.getByText('Online')).toBeDefined()
    // What it had seen is not sent again.
    expect(launcher.asked.lastEventIds).toEqual([null, 'run-1-1'])
  })

  it('says so from the beginning', async () => {
    const launcher = fakeLauncher([accountStatus()])
    launcher.setDoor('down')
    renderPage(launcher)
    expect(await screen.findByText('Not connected')).toBeDefined()
    expect(screen.getByText('launcher-unreachable')).toBeDefined()
    launcher.setDoor('open')
    await rowsOf('A1')
  })

  it('learns that its session has ended', async () => {
    const launcher = fakeLauncher([accountStatus()])
    launcher.setDoor('unauthorized')
    const { unauthorized } = renderPage(launcher)
    await waitFor(() => expect(unauthorized).toContain('the-token'))
  })
})
