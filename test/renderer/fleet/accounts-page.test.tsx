import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { refusal } from '../../../src/domain/failure/refusal.ts'
import { accountStatus } from '../../support/account-rows.ts'
import { fakeLauncher, type FakeLauncher } from '../../support/fake-launcher.ts'
import { renderPage } from '../../support/render-page.tsx'

const button = (name: string | RegExp) => screen.findByRole<HTMLButtonElement>('button', { name })

/** The row or the card that shows one account. */
async function rowsOf(accountId: string): Promise<HTMLElement> {
  const id = await screen.findByRole('link', { name: accountId })
  return id.closest<HTMLElement>('[data-account]')!
}
/** Ids in the order they are shown. */
const shownIds = () => [...document.querySelectorAll('[data-account]')].map((row) => row.getAttribute('data-account'))

beforeEach(() => window.localStorage.clear())

function pageOf(...accounts: Parameters<typeof accountStatus>[0][]): FakeLauncher {
  const launcher = fakeLauncher(accounts.map((fields) => accountStatus(fields)))
  renderPage(launcher)
  return launcher
}

describe('the page', () => {
  it('shows an account with its state in words, its figures and their currency', async () => {
    pageOf({
      ...{ accountId: 'anna-es', state: 'blocked', stateReason: 'daily loss reached', pid: 4242, tradesToday: 3 },
      ...{ position: -2, todayPnl: '-1234.50', unrealizedPnl: '12.25', lastBarAt: '2024-01-05T20:59:00.000Z' },
      lossLimitUsed: { rule: 'daily-loss', share: 1.2, used: '1234.50', limit: '1000.00' },
      ...{ warnings: 7, errors: 1, lastError: 'the broker refused an order', broker: 'gateway' },
      holder: { verdict: 'unresponsive', text: 'Process 4242 holds it and does not answer.' },
    })
    const row = await rowsOf('anna-es')
    const rows = within(row)
    for (const text of ['Blocked', 'daily loss reached', '4242', '3', '−2', 'Paper', 'ESH5', 'vwap-bounce', 'gateway'])
      expect(rows.getByText(text)).toBeDefined()
    for (const text of ['−1,234.50', '+12.25', '2024-01-05', '20:59', 'Reached', '7', '1', 'No answer'])
      expect(rows.getByText(text)).toBeDefined()
    expect(rows.getAllByText('USD').length).toBeGreaterThan(0)
    expect(rows.getByTitle(/Last: the broker refused an order/)).toBeDefined()
  })

  it('leaves a figure out that an older bot does not tell, instead of a nought', async () => {
    pageOf({ accountId: 'old', state: 'trading', pid: 1 })
    const today = (await rowsOf('old')).querySelector('[data-column="today"]')
    expect(today?.textContent).toBe('–')
  })

  it('shows what is held beside the first symbol, so that options never pass for flat', async () => {
    const option = 'NIFTY24JAN21700CE'
    pageOf({ accountId: 'anna', symbol: 'NIFTY,BANKNIFTY', position: 0, holdings: [{ symbol: option, quantity: -50 }] })
    const row = within(await rowsOf('anna'))
    expect(row.getByText('−50')).toBeDefined()
    // Its name may be longer than the column; the whole of it is in the hint.
    expect(row.getByText(option).className).toBe('second')
    expect(row.getByTitle(`−50 ${option}`)).toBeDefined()
  })

  it('counts what is held beside the first symbol where it is more than one', async () => {
    const holdings = ['NIFTY24JAN21700CE', 'NIFTY24JAN21800CE'].map((symbol) => ({ symbol, quantity: 50 }))
    pageOf(
      { accountId: 'anna', symbol: 'NIFTY', position: 0, holdings },
      { accountId: 'ben', symbol: 'NIFTY', position: -3, holdings: [{ symbol: 'NIFTY', quantity: -3 }, ...holdings] },
    )
    expect(within(await rowsOf('anna')).getByText('2 held')).toBeDefined()
    expect(within(await rowsOf('ben')).getByText('−3')).toBeDefined()
    expect(within(await rowsOf('ben')).getByText('and 2 more')).toBeDefined()
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
    launcher.change({ accountId: 'a', state: 'trading', unrealizedPnl: '7.00' })
    expect(await within(await rowsOf('a')).findByText('+7.00')).toBeDefined()
    launcher.change({ ...accountStatus(), accountId: 'b' })
    await rowsOf('b')
    launcher.remove('a')
    await waitFor(() => expect(screen.queryByRole('link', { name: 'a' })).toBeNull())
  })

  it('says what to do when there is no account', async () => {
    pageOf()
    expect(await button('Start a demo')).toBeDefined()
    expect(screen.getByText(/npx slipway data generate --symbol/)).toBeDefined()
    fireEvent.click(await button('Add an account'))
    await waitFor(() => expect(window.location.hash).toBe('#/add'))
  })
})

describe('which accounts are shown, and how', () => {
  const three = () =>
    pageOf(
      { accountId: 'a', userId: 'u1', state: 'trading', pid: 1, todayPnl: '5.00' },
      { accountId: 'b', userId: 'u2', state: 'crashed', todayPnl: '-5.00' },
      { accountId: 'c', userId: 'u1', mode: 'live', todayPnl: '50.00' },
    )

  it('is by state with a click on its count, and all again with another', async () => {
    three()
    const crashed = await button(/Crashed/)
    fireEvent.click(crashed)
    expect(shownIds()).toEqual(['b'])
    expect(crashed.getAttribute('aria-pressed')).toBe('true')
    expect(screen.getByText('1 of 3')).toBeDefined()
    fireEvent.click(crashed)
    expect(shownIds()).toEqual(['a', 'b', 'c'])
  })

  it('is what somebody searches for, with a way back when nothing is like that', async () => {
    three()
    fireEvent.change(await screen.findByLabelText('Search accounts'), { target: { value: 'nobody' } })
    expect(screen.getByText('No account is like that.')).toBeDefined()
    fireEvent.click(await button('Show all 3'))
    expect(shownIds()).toHaveLength(3)
  })

  it('is sorted by a column, and the other way round with a second click', async () => {
    three()
    fireEvent.click(await button(/P&L today/))
    expect(shownIds()).toEqual(['b', 'a', 'c'])
    fireEvent.click(await button(/P&L today/))
    expect(shownIds()).toEqual(['c', 'a', 'b'])
    expect(screen.getByRole('columnheader', { name: /P&L today/ }).getAttribute('aria-sort')).toBe('descending')
  })

  it('is remembered until the next visit, and may be put together in groups', async () => {
    const launcher = three()
    fireEvent.change(await screen.findByLabelText('Groups'), { target: { value: 'user' } })
    expect(screen.getByText('User u1')).toBeDefined()
    fireEvent.click(screen.getByLabelText('Cards'))
    cleanup()
    renderPage(launcher)
    await rowsOf('a')
    expect(screen.getByText('User u1')).toBeDefined()
    expect(screen.queryByRole('table')).toBeNull()
  })

  it('leaves out columns that nobody wants', async () => {
    three()
    await rowsOf('a')
    fireEvent.click(await button('Columns'))
    fireEvent.click(await screen.findByLabelText('Trades today'))
    expect(screen.queryByRole('columnheader', { name: /Trades/ })).toBeNull()
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
    const question = within(await screen.findByRole('dialog'))
    expect(question.getByText(/2 bots stop trading/)).toBeDefined()
    expect(within(await rowsOf('a')).getByText('Trading')).toBeDefined()
    fireEvent.click(question.getByRole('button', { name: 'Stop all' }))
    await within(await rowsOf('b')).findByText('Stopped')
  })

  it('ask before they start an account that trades real money', async () => {
    pageOf({ accountId: 'a' }, { accountId: 'b', mode: 'live' })
    fireEvent.click(await button('Start all'))
    const question = within(await screen.findByRole('dialog'))
    expect(question.getByText(/One of the 2 accounts trades LIVE, with real money: b/)).toBeDefined()
    expect(within(await rowsOf('b')).getByText('Stopped')).toBeDefined()
  })

  it('ask in its own row too, before a live account is started or a position is left alone', async () => {
    const launcher = pageOf({ accountId: 'a' }, { accountId: 'b', mode: 'live' })
    fireEvent.click(await button('Start a'))
    await within(await rowsOf('a')).findByText('Trading')
    fireEvent.click(await button('Start b'))
    const question = within(await screen.findByRole('dialog', { name: 'Start b?' }))
    expect(question.getByText('b trades LIVE, with real money.')).toBeDefined()
    expect(within(await rowsOf('b')).getByText('Stopped')).toBeDefined()
    fireEvent.click(question.getByRole('button', { name: 'Start live' }))
    await within(await rowsOf('b')).findByText('Trading')

    launcher.change({ accountId: 'a', position: 5 })
    await screen.findByText('+5')
    fireEvent.click(await button('Stop a'))
    const held = within(await screen.findByRole('dialog', { name: 'Stop a?' }))
    expect(held.getByText('One account holds positions: a.')).toBeDefined()
    expect(within(await rowsOf('a')).getByText('Trading')).toBeDefined()
  })
})
