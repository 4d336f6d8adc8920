import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { refusal } from '../../../src/domain/failure/refusal.ts'
import { accountStatus, fakeLauncher, logLine } from '../../support/fake-launcher.ts'
import { renderPage } from '../../support/render-page.tsx'

const twoAccounts = () =>
  fakeLauncher([accountStatus({ accountId: 'anna' }), accountStatus({ accountId: 'ben', userId: 'bbbbbbbbbbbb' })])

const logOf = (accountId: string) => screen.findByRole('region', { name: `Lines of the log of ${accountId}` })

describe('the log of an account', () => {
  it('is that of the account in the address, and never mixes two', async () => {
    const launcher = twoAccounts()
    launcher.write('anna', logLine(0, { message: 'anna begins' }))
    launcher.write('ben', logLine(0, { message: 'ben begins' }))
    renderPage(launcher, '#/account/anna/log')
    await within(await logOf('anna')).findByText('anna begins')
    expect(screen.queryByText('ben begins')).toBeNull()

    window.location.hash = '#/account/ben/log'
    const log = within(await logOf('ben'))
    launcher.write('anna', logLine(1, { message: 'anna again' }))
    launcher.write('ben', logLine(1, { message: 'ben again' }))
    expect(await log.findByText('ben again')).toBeDefined()
    expect(screen.queryByText(/anna begins|anna again/)).toBeNull()
  })

  it('grows while lines are written', async () => {
    const launcher = twoAccounts()
    renderPage(launcher, '#/account/anna/log')
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
    renderPage(launcher, '#/account/anna/log')
    expect((await within(await logOf('anna')).findByText('{"time":"2024')).hasAttribute('data-torn')).toBe(true)
  })

  it('shows every line as it stands in the file when asked to', async () => {
    const launcher = twoAccounts()
    launcher.write('anna', logLine(0))
    renderPage(launcher, '#/account/anna/log')
    await logOf('anna')
    fireEvent.click(screen.getByLabelText('Raw'))
    expect(await screen.findByText('raw of line 0')).toBeDefined()
  })

  it('lets the launcher look for text and levels, so that old lines are found too', async () => {
    const launcher = twoAccounts()
    launcher.write('anna', logLine(0))
    renderPage(launcher, '#/account/anna/log')
    await logOf('anna')
    fireEvent.change(screen.getByLabelText('Only lines with this text'), { target: { value: 'P&L (day)' } })
    fireEvent.change(screen.getByLabelText('Least important level shown'), { target: { value: 'warn' } })
    await waitFor(() =>
      expect(launcher.asked.follow.at(-1)).toMatchObject({
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
    renderPage(launcher, '#/account/anna/log')
    const log = await logOf('anna')
    await screen.findByText('500 lines. Times are UTC.')
    const inDocument = log.querySelectorAll('.logLine').length
    expect(inDocument).toBeGreaterThan(10)
    expect(inDocument).toBeLessThan(80)
  })

  it('is paused while the launcher is away, and goes on without a line twice', async () => {
    const launcher = twoAccounts()
    launcher.write('anna', logLine(0))
    renderPage(launcher, '#/account/anna/log')
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
    renderPage(launcher, '#/account/anna/log')
    expect(await screen.findByText('The search pattern takes too long.')).toBeDefined()
    expect(screen.getByText(/Use a simpler pattern/)).toBeDefined()
  })
})
