import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { fakeLauncher } from '../../support/fake-launcher.ts'
import { renderPage } from '../../support/render-page.tsx'

describe('the settings page', () => {
  it('keeps a change at once, and shows it everywhere', async () => {
    const launcher = fakeLauncher([])
    renderPage(launcher, '#/settings')
    fireEvent.click(await screen.findByRole('radio', { name: 'Dark' }))
    await waitFor(() => expect(document.documentElement.getAttribute('data-mantine-color-scheme')).toBe('dark'))
    fireEvent.click(screen.getByRole('checkbox', { name: 'A bot crashed' }))
    fireEvent.click(screen.getByRole('radio', { name: '12,34,567.89' }))
    await waitFor(() =>
      expect(launcher.preferences()).toMatchObject({
        theme: 'dark',
        numbers: 'indian',
        notifications: { crashed: false, blind: true },
      }),
    )
  })

  it('takes back what the launcher would not keep, and says why', async () => {
    const launcher = fakeLauncher([])
    renderPage(launcher, '#/settings')
    const before = await screen.findByRole('radio', { name: 'As the system' })
    launcher.setDoor('down')
    fireEvent.click(screen.getByRole('radio', { name: 'Light' }))
    expect(await screen.findByText('This change was not kept.')).toBeTruthy()
    expect((before as HTMLInputElement).checked).toBe(true)
  })
})
