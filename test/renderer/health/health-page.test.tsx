import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { fakeLauncher } from '../../support/fake-launcher.ts'
import { renderPage } from '../../support/render-page.tsx'

describe('the health page', () => {
  it('shows the worst first, with what to do', async () => {
    const launcher = fakeLauncher([])
    launcher.says.findings = [
      { check: 'clock', result: 'ok', message: 'It is 2026-11-21T15:36:07.681Z.', nextStep: '' },
      { check: 'disk', result: 'warn', message: '1.2 GB free.', nextStep: 'Free some space.' },
      { check: 'home', result: 'fail', message: 'It lies in a synced folder.', nextStep: 'Move it.' },
    ]
    renderPage(launcher, '#/health')
    expect(await screen.findByText('2 of 3 need a look.')).toBeTruthy()
    const rows = screen.getAllByRole('row').slice(1, 4)
    expect(rows.map((row) => within(row).getByRole('rowheader').textContent)).toEqual(['home', 'disk', 'clock'])
    expect(rows[0]!.textContent).toContain('Next: Move it.')
    expect(rows[0]!.textContent).toContain('Failed')
    expect(rows[2]!.textContent).not.toContain('Next')
    expect(rows[2]!.textContent).toContain('It is 2026-11-21 15:36:07 UTC.')
  })

  it('says so when there is nothing to do', async () => {
    const launcher = fakeLauncher([])
    launcher.says.findings = [{ check: 'clock', result: 'ok', message: 'It is right.', nextStep: '' }]
    renderPage(launcher, '#/health')
    expect(await screen.findByText('Everything is fine.')).toBeTruthy()
  })
})
