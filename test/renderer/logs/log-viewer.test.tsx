import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { accountStatus } from '../../support/account-rows.ts'
import { fakeLauncher } from '../../support/fake-launcher.ts'
import { withLogs } from '../../support/fake-logs.ts'
import { ownLine } from '../../support/log-lines.ts'
import { renderPage } from '../../support/render-page.tsx'

const fleet = () =>
  withLogs(fakeLauncher([accountStatus({ accountId: 'anna' }), accountStatus({ accountId: 'ben' })]), ['anna', 'ben'])
const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => ownLine(from + n))
const list = () => screen.findByRole('listbox', { name: 'Lines of the log of anna' })
const press = (element: HTMLElement, key: string, more: object = {}) => fireEvent.keyDown(element, { key, ...more })
const chosen = () =>
  [...document.querySelectorAll('.logList [aria-selected=true]')].map(({ textContent }) => textContent)

// What was chosen is remembered from one visit to the next.
afterEach(() => window.localStorage.clear())

describe('the log of an account', () => {
  it('shows its end, of tens of thousands of lines only those in sight, and follows it', async () => {
    const launcher = fleet()
    launcher.log('anna', ...many(60_000))
    renderPage(launcher, '#/account/anna/log')
    await screen.findByText('line 59999')
    await screen.findByText('60,000 lines. Times are UTC.')
    expect(within(await list()).getAllByRole('option').length).toBeLessThan(60)
    launcher.log('anna', ownLine(1, { msg: 'a new line' }))
    await screen.findByText('a new line')
    expect(screen.queryByText('a torn li')).toBeNull()
    launcher.rotate('anna', 1)
    launcher.log('anna', 'a torn li')
    const torn = await screen.findByText('a torn li')
    expect(within(torn.parentElement!).getByText('as is')).toBeDefined()
  })

  it('is moved through by keys, and says everything about a line', async () => {
    const launcher = fleet()
    launcher.log(
      'anna',
      ...many(500),
      JSON.stringify({ time: '2026-01-02T09:00:00.000Z', level: 'warn', event: 'fill', msg: 'filled', qty: 2 }),
    )
    renderPage(launcher, '#/account/anna/log')
    await screen.findByText('501 lines. Times are UTC.')
    const lines = await list()
    press(lines, 'ArrowUp')
    await waitFor(() => expect(chosen()).toEqual([expect.stringContaining('filled')]))
    press(lines, 'Enter')
    const detail = within(await screen.findByRole('region', { name: 'The chosen line' }))
    expect(detail.getByText('Line 501 of anna')).toBeDefined()
    expect(detail.getByText('qty')).toBeDefined()
    press(lines, 'Escape')
    expect(screen.queryByRole('region', { name: 'The chosen line' })).toBeNull()
    press(lines, 'Home')
    await waitFor(() => expect(chosen()).toEqual([expect.stringContaining('line 0')]))
    expect(screen.getByLabelText<HTMLInputElement>('Follow').checked).toBe(false)
    press(lines, 'ArrowDown', { shiftKey: true })
    await waitFor(() => expect(chosen()).toHaveLength(2))
    press(lines, 'End')
    await screen.findByText('filled')
    expect(screen.getByLabelText<HTMLInputElement>('Follow').checked).toBe(true)
  })

  it('copies the chosen lines as they stand', async () => {
    const launcher = fleet()
    launcher.log('anna', ...many(10))
    const writeText = vi.fn(async () => undefined)
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } })
    renderPage(launcher, '#/account/anna/log')
    await screen.findByText('10 lines. Times are UTC.')
    fireEvent.click(screen.getByText('line 3'))
    fireEvent.click(screen.getByText('line 4'), { shiftKey: true })
    press(await list(), 'c', { ctrlKey: true })
    await waitFor(() => expect(writeText).toHaveBeenCalledWith(`${ownLine(3)}\n${ownLine(4)}\n`))
    expect(screen.getAllByText('2 lines copied.').length).toBeGreaterThan(0)
  })

  it('shows only lines with a text, marks it, and all lines again', async () => {
    const launcher = fleet()
    launcher.log('anna', ...many(50), ownLine(50, { msg: 'Margin call' }), ...many(50, 51))
    renderPage(launcher, '#/account/anna/log')
    await screen.findByText('101 lines. Times are UTC.')
    const search = screen.getByLabelText('Search the log')
    press(await list(), '/')
    expect(document.activeElement).toBe(search)
    fireEvent.change(search, { target: { value: 'margin' } })
    await screen.findByText('One line match. Times are UTC.')
    expect(screen.getByText('Margin').tagName).toBe('MARK')
    fireEvent.change(search, { target: { value: 'no such thing' } })
    fireEvent.click(await screen.findByRole('button', { name: 'Show all lines' }))
    await screen.findByText('101 lines. Times are UTC.')
  })

  it('is shown to whoever comes back as it was chosen, and that of another account whole', async () => {
    const launcher = fleet()
    for (const id of ['anna', 'ben']) launcher.log(id, ...many(3), ownLine(3, { level: 'error', msg: 'no money' }))
    const first = renderPage(launcher, '#/account/anna/log')
    await screen.findByText('4 lines. Times are UTC.')
    fireEvent.change(screen.getByLabelText('Least important level shown'), { target: { value: 'error' } })
    fireEvent.change(screen.getByLabelText('Search the log'), { target: { value: 'money' } })
    await screen.findByText('One line match. Times are UTC.')
    first.unmount()

    renderPage(launcher, '#/account/anna/log')
    await screen.findByText('One line match. Times are UTC.')
    expect(screen.getByLabelText<HTMLInputElement>('Search the log').value).toBe('money')
    act(() => void (window.location.hash = '#/account/ben/log'))
    await screen.findByText('4 lines. Times are UTC.')
  })

  it('leads from match to match among all lines', async () => {
    const launcher = fleet()
    launcher.log('anna', ...many(2_000).map((line, n) => (n % 500 === 100 ? ownLine(n, { msg: `hit ${n}` }) : line)))
    renderPage(launcher, '#/account/anna/log')
    await screen.findByText('2,000 lines. Times are UTC.')
    fireEvent.click(screen.getByLabelText('Only matches'))
    fireEvent.change(screen.getByLabelText('Search the log'), { target: { value: 'hit' } })
    await waitFor(() => expect(launcher.logsAsked.some(({ body }) => body.find && !body.text)).toBe(true))
    await screen.findByText('2,000 lines. Times are UTC.')
    const lines = await list()
    press(lines, 'n')
    await waitFor(() => expect(chosen()).toEqual([expect.stringContaining('hit 100')]))
    expect(screen.getAllByText('Match 1 of 4').length).toBeGreaterThan(0)
    press(lines, 'N')
    await waitFor(() => expect(chosen()).toEqual([expect.stringContaining('hit 1600')]))
    expect(screen.getAllByText('Match 4 of 4, from the end again').length).toBeGreaterThan(0)
  })

  it('goes to a time', async () => {
    const launcher = fleet()
    launcher.log('anna', ...many(5_000))
    renderPage(launcher, '#/account/anna/log')
    await screen.findByText('5,000 lines. Times are UTC.')
    press(await list(), 't')
    const field = await screen.findByLabelText('Time (UTC)')
    fireEvent.change(field, { target: { value: 'noon' } })
    fireEvent.submit(field.closest('form')!)
    await screen.findByText('Use 14:30, 2026-01-31 14:30, or 15m, 2h, 3d.')
    fireEvent.change(field, { target: { value: '0:50:00' } })
    fireEvent.submit(field.closest('form')!)
    await waitFor(() => expect(chosen()).toEqual([expect.stringContaining('line 3000')]))
  })

  it('says what is wrong with a pattern before it is asked for, and with one that takes too long', async () => {
    const launcher = fleet()
    launcher.log('anna', `${'a'.repeat(40)}!`)
    renderPage(launcher, '#/account/anna/log')
    await screen.findByText('One line. Times are UTC.')
    fireEvent.click(screen.getByLabelText('Pattern'))
    const search = screen.getByLabelText('Search the log')
    fireEvent.change(search, { target: { value: '(a' } })
    await screen.findByText('No pattern: unterminated group')
    expect(launcher.logsAsked.some(({ body }) => body.grep === '(a')).toBe(false)
    fireEvent.change(search, { target: { value: '(a+)+$' } })
    await screen.findByText('The search pattern takes too long on these lines.')
    await screen.findByText('Use a simpler pattern.', { exact: false })
    fireEvent.change(search, { target: { value: 'a{40}' } })
    await screen.findByText('One line match. Times are UTC.')
  })

  it('says that it is paused while nobody answers, keeps what it shows, and goes on by itself', async () => {
    const launcher = fleet()
    launcher.log('anna', ...many(3))
    renderPage(launcher, '#/account/anna/log')
    await screen.findByText('3 lines. Times are UTC.')
    act(() => launcher.setDoor('down'))
    await screen.findByText(/^Paused: the connection is lost/)
    expect(screen.getByText('line 2')).toBeDefined()
    launcher.log('anna', ownLine(3))
    launcher.setDoor('open')
    await screen.findByText('4 lines. Times are UTC.')
    expect(screen.getAllByText('line 3')).toHaveLength(1)
  })

  it('says that there is none, and what to do', async () => {
    renderPage(fleet(), '#/account/anna/log')
    await screen.findByText('No log yet. Start the account to see its first line.')
  })

  it('is saved as far as it is shown', async () => {
    const launcher = fleet()
    launcher.log('anna', ...many(3_000), ownLine(9, { level: 'error', msg: 'größte Not' }))
    const saved: Blob[] = []
    vi.stubGlobal(
      'URL',
      Object.assign(URL, {
        createObjectURL: (blob: Blob) => (saved.push(blob), 'blob:1'),
        revokeObjectURL: () => undefined,
      }),
    )
    renderPage(launcher, '#/account/anna/log')
    await screen.findByText('3,001 lines. Times are UTC.')
    fireEvent.change(screen.getByLabelText('Least important level shown'), { target: { value: 'error' } })
    await screen.findByText('One line match. Times are UTC.')
    fireEvent.click(screen.getByRole('button', { name: 'Save' }))
    await screen.findByText('One line saved.')
    expect(saved).toHaveLength(1)
  })

  it('takes text of a line for text', async () => {
    const launcher = fleet()
    launcher.log('anna', '<img src=x onerror=alert(1)>', ownLine(1, { msg: '<script>alert(1)</script>' }))
    renderPage(launcher, '#/account/anna/log')
    await screen.findByText('<script>alert(1)</script>')
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeDefined()
    expect(document.querySelector('.logList img, .logList script')).toBeNull()
  })
})

describe('the logs of several accounts', () => {
  it('are one by time, each line with the name of its account, and can be chosen', async () => {
    const launcher = fleet()
    launcher.log('anna', ownLine(1), ownLine(3))
    launcher.log('ben', ownLine(2))
    renderPage(launcher, '#/logs')
    await screen.findByText('3 lines. Times are UTC.')
    const lines = await screen.findByRole('listbox', { name: 'Lines of the logs of these accounts' })
    const shown = within(lines)
      .getAllByRole('option')
      .map(({ textContent }) => textContent)
    expect(
      shown.map((text) =>
        /(anna|ben).*(line \d)/
          .exec(text ?? '')
          ?.slice(1)
          .join(' '),
      ),
    ).toEqual(['anna line 1', 'ben line 2', 'anna line 3'])
    act(() => void (window.location.hash = '#/logs?account=ben'))
    await screen.findByText('One line. Times are UTC.')
    expect(launcher.logsAsked.at(-1)!.body.ids).toEqual(['ben'])
  })
})
