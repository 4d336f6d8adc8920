import { act, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { accountStatus } from '../../support/account-rows.ts'
import { fakeLauncher } from '../../support/fake-launcher.ts'
import { renderPage } from '../../support/render-page.tsx'

beforeEach(() => window.localStorage.clear())

describe('a page without its launcher', () => {
  it('says since when what it shows is old, switches its buttons off, and goes on by itself', async () => {
    const launcher = fakeLauncher([accountStatus({ accountId: 'a' })])
    renderPage(launcher)
    launcher.change({ accountId: 'a', position: 5 })
    await screen.findByText('+5')
    expect(screen.getByText('Online')).toBeDefined()

    launcher.setDoor('down')
    expect(await screen.findByText(/^Stale since \d\d:\d\d:\d\d UTC$/)).toBeDefined()
    expect(screen.getByText(/Start it and open a new page/)).toBeDefined()
    expect(screen.getByText('+5')).toBeDefined()
    expect((await screen.findByRole('button', { name: 'Start a' })).getAttribute('aria-disabled')).toBe('true')

    launcher.change({ accountId: 'a', position: 6 })
    act(() => launcher.setDoor('open'))
    expect(await screen.findByText('+6')).toBeDefined()
    expect(screen.getByText('Online')).toBeDefined()
    // What it had seen is not sent again.
    expect(launcher.asked.lastEventIds[0]).toBeNull()
    expect(launcher.asked.lastEventIds.at(-1)).toContain('fleet=run-1-2')
  })

  it('says so from the beginning', async () => {
    const launcher = fakeLauncher([accountStatus()])
    launcher.setDoor('down')
    renderPage(launcher)
    expect(await screen.findByText('Not connected')).toBeDefined()
    expect(screen.getByText('launcher-unreachable')).toBeDefined()
    launcher.setDoor('open')
    expect(await screen.findByRole('link', { name: 'A1' })).toBeDefined()
  })

  it('learns that its session has ended', async () => {
    const launcher = fakeLauncher([accountStatus()])
    launcher.setDoor('unauthorized')
    const { unauthorized } = renderPage(launcher)
    await waitFor(() => expect(unauthorized).toContain('the-token'))
  })
})
