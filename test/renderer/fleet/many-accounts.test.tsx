import { fireEvent, screen, waitFor, within } from '@testing-library/react'
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
const box = (name: string) => screen.findByRole<HTMLInputElement>('checkbox', { name })

beforeEach(() => window.localStorage.clear())

function pageOf(...accounts: Parameters<typeof accountStatus>[0][]): FakeLauncher {
  const launcher = fakeLauncher(accounts.map((fields) => accountStatus(fields)))
  renderPage(launcher)
  return launcher
}

describe('chosen accounts', () => {
  it('are chosen one by one, in a row with Shift, or all that are shown', async () => {
    pageOf({ accountId: 'a' }, { accountId: 'b', symbol: 'NQH5' }, { accountId: 'c' }, { accountId: 'd' })
    fireEvent.click(await box('Choose a'))
    fireEvent.click(await box('Choose c'), { shiftKey: true })
    expect(screen.getByText('3 accounts chosen')).toBeDefined()
    expect((await box('Choose all that are shown')).indeterminate).toBe(true)
    fireEvent.change(screen.getByLabelText('Search accounts'), { target: { value: 'nqh5' } })
    // What somebody can't see is not acted on.
    expect(screen.getByText('1 account chosen')).toBeDefined()
    fireEvent.change(screen.getByLabelText('Search accounts'), { target: { value: '' } })
    fireEvent.click(await box('Choose all that are shown'))
    expect(screen.getByText('4 accounts chosen')).toBeDefined()
    fireEvent.keyDown(await box('Choose a'), { key: 'Escape' })
    expect(screen.queryByText('4 accounts chosen')).toBeNull()
  })

  it('are chosen with arrow keys, Shift and Space alone', async () => {
    pageOf({ accountId: 'a' }, { accountId: 'b' }, { accountId: 'c' })
    const first = await box('Choose a')
    first.focus()
    fireEvent.keyDown(first, { key: 'ArrowDown', shiftKey: true })
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Choose b'))
    expect(screen.getByText('2 accounts chosen')).toBeDefined()
    fireEvent.keyDown(document.activeElement!, { key: 'a', ctrlKey: true })
    expect(screen.getByText('3 accounts chosen')).toBeDefined()
  })

  it('are chosen one after the other while the key is held down, as fast as it repeats', async () => {
    pageOf({ accountId: 'a' }, { accountId: 'b' }, { accountId: 'c' })
    const first = await box('Choose a')
    first.focus()
    for (let presses = 0; presses < 2; presses++)
      fireEvent.keyDown(document.activeElement!, { key: 'ArrowDown', shiftKey: true })
    expect(screen.getByText('3 accounts chosen')).toBeDefined()
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Choose c')
  })

  it('are started together, and what became of each is told where not all went well', async () => {
    const launcher = pageOf({ accountId: 'a' }, { accountId: 'b' }, { accountId: 'c' })
    launcher.refusals.start = refusal('data-missing', 'There are no bars of ESH5.', 'Import some.')
    fireEvent.click(await box('Choose a'))
    fireEvent.click(await box('Choose b'))
    fireEvent.click(await button('Start chosen'))
    const results = within(await screen.findByRole('dialog', { name: 'Start: 0 of 2 done, 2 not.' }))
    expect(results.getAllByText('Refused: There are no bars of ESH5.')).toHaveLength(2)
    expect(results.getAllByText(/Import some/)).toHaveLength(2)
  })

  it('are flattened after a question that names what is held', async () => {
    pageOf({ accountId: 'a', state: 'trading', pid: 1, position: 3 }, { accountId: 'b' })
    fireEvent.click(await box('Choose a'))
    fireEvent.click(await button('Flatten chosen'))
    const question = within(await screen.findByRole('dialog', { name: 'Flatten a?' }))
    expect(question.getByText('One account holds positions: a.')).toBeDefined()
    fireEvent.click(question.getByRole('button', { name: 'Flatten' }))
    await waitFor(async () =>
      expect((await rowsOf('a')).querySelector('[data-column="position"]')?.textContent).toBe('0'),
    )
  })
})

describe('the kill switch', () => {
  it('flattens everything after a word was typed, stands above the page, and is released there', async () => {
    const launcher = pageOf({ accountId: 'a', state: 'trading', pid: 1, position: 4 }, { accountId: 'b' })
    fireEvent.click(await button('Flatten all'))
    const dialog = within(await screen.findByRole('dialog', { name: 'Flatten all accounts?' }))
    const flatten = dialog.getByRole<HTMLButtonElement>('button', { name: 'Flatten all' })
    expect(flatten.disabled).toBe(true)
    fireEvent.change(dialog.getByLabelText('Type FLATTEN to go on'), { target: { value: 'FLATTEN' } })
    fireEvent.change(dialog.getByLabelText(/^Why/), { target: { value: 'CPI' } })
    fireEvent.click(flatten)
    const banner = within(await screen.findByRole('alert', { name: 'Kill switch' }))
    expect(banner.getByText(/no bot of it enters\s+anything. Reason: CPI/)).toBeDefined()
    expect(launcher.asked.engaged).toMatchObject([{ all: true, reason: 'CPI' }])
    expect(await screen.findByRole('dialog', { name: /^Flatten all: 2 of 2 done/ })).toBeDefined()

    fireEvent.click(banner.getByText('Release …'))
    fireEvent.click(within(await screen.findByRole('alertdialog')).getByText('Release'))
    await waitFor(() => expect(screen.queryByRole('alert', { name: 'Kill switch' })).toBeNull())
  })

  it('is one key away from anywhere, behind stop all', async () => {
    const launcher = fakeLauncher([accountStatus({ accountId: 'a', state: 'trading', pid: 1 })])
    renderPage(launcher, '#/settings')
    await screen.findByText('Online')
    fireEvent.keyDown(document.body, { key: '.', ctrlKey: true })
    const dialog = within(await screen.findByRole('dialog', { name: 'Stop all?' }))
    fireEvent.click(dialog.getByText('Flatten all …'))
    expect(await screen.findByRole('dialog', { name: 'Flatten all accounts?' })).toBeDefined()
  })
})

describe('a crash', () => {
  it('is told of on every page and offered for restart', async () => {
    const launcher = fakeLauncher([accountStatus({ accountId: 'a', state: 'trading', pid: 1 })])
    renderPage(launcher, '#/settings')
    await screen.findByText('Online')
    launcher.change({ accountId: 'a', state: 'crashed', pid: null, lastError: 'out of memory' })
    await screen.findByText('a crashed: out of memory')
    fireEvent.click(screen.getByRole('button', { name: 'Start it again' }))
    await waitFor(() => expect(screen.queryByText('a crashed: out of memory')).toBeNull())
  })
})
