import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { SharingAccount, SignalsState } from '../../../src/contracts/launcher/signals.ts'
import { fakeSignals, heardSignal } from '../../support/fake-signals.ts'
import { cloudAccount, renderCloud } from '../../support/render-cloud.tsx'

const ACCOUNTS = { accounts: [cloudAccount({ accountId: 'desk-1' })] }

async function panel(given: Partial<SignalsState>, state: Parameters<typeof renderCloud>[0] = ACCOUNTS) {
  const signals = fakeSignals(given)
  renderCloud(state, undefined, signals)
  const region = await screen.findByRole('region', { name: 'Signals' })
  await waitFor(() => expect(within(region).queryByText(/Asking the launcher/)).toBeNull())
  return { ...signals, region, shown: within(region) }
}

const sharing = (more: Partial<SharingAccount> = {}): SharingAccount => ({
  ...{ accountId: 'desk-1', state: 'shares', shared: 0, lastSharedAt: null, problem: null },
  ...more,
})

describe('the panel of signals', () => {
  it('tells of each when, which market and side, by which strategy and how sure, and whose only where it is one’s own', async () => {
    const { shown } = await panel({
      signals: [
        heardSignal({ id: 2, accountId: 'desk-1', side: 'sell', confidence: 0.5, source: 'synthetic' }),
        heardSignal(),
      ],
    })
    const [, own, other] = shown.getAllByRole('row').map((row) => row.textContent)
    expect(own).toMatch(/2026-11-20 \d\d:\d\d:05us-equity-indexsellvwap-bounce0.50made-up marketdesk-1$/)
    expect(other).toMatch(/us-equity-indexbuyvwap-bounce0.70live accountothers$/)
  })

  it('shows what comes when it comes', async () => {
    const { shown, become } = await panel({})
    expect(shown.getByText(/None was heard since 2026-11-20/)).toBeDefined()
    become({ signals: [heardSignal()] })
    expect(await shown.findByText('us-equity-index')).toBeDefined()
  })

  it('says from when on signals are known, whether there are any or not', async () => {
    const known = /^These are from 2026-11-20 .* on, when the launcher started or this cloud was chosen\. Earlier ones/
    const { shown, become } = await panel({ listening: 'connecting' })
    expect(shown.getByText(known)).toBeDefined()
    become({ listening: 'hearing', signals: [heardSignal()] })
    expect(await shown.findByText('us-equity-index')).toBeDefined()
    expect(shown.getByText(known)).toBeDefined()
    become({ listening: 'none', signals: [] })
    await waitFor(() => expect(shown.queryByText(known)).toBeNull())
  })

  it('says so once where none was heard', async () => {
    const { region, shown } = await panel({})
    expect(shown.getByText(/^That is when the launcher started or this cloud was chosen\. Earlier ones/)).toBeDefined()
    expect(region.textContent!.match(/2026-11-20/g)).toHaveLength(1)
  })

  it('says that sharing is off, and where it is turned on', async () => {
    const { shown } = await panel({})
    expect(shown.getByText(/Sharing is off/)).toBeDefined()
    expect(shown.getByRole('link', { name: 'Settings of desk-1' }).getAttribute('href')).toBe('#/edit/desk-1')
  })

  it.each<[RegExp, Partial<SharingAccount>]>([
    [/desk-1 shares, from its next entry on/, {}],
    [/desk-1 shares: 3 since the launcher started/, { shared: 3 }],
    [/desk-1 shares nothing while it replays history/, { state: 'replay' }],
    [/desk-1 shares nothing: a strategy of your own/, { state: 'own-strategy' }],
    [/desk-1 shares nothing: a team's cloud takes signals of who holds a licence/, { state: 'no-lease' }],
    [/the last one was not taken. It rests. Wait./, { problem: { message: 'It rests.', nextStep: 'Wait.' } }],
  ])('says of an account that is to share: %s', async (text, more) => {
    const { shown } = await panel({ sharing: [sharing(more)] })
    expect(shown.getByRole('listitem').textContent).toMatch(text)
    expect(shown.queryByText(/Sharing is off/)).toBeNull()
  })

  it('says why none is heard, and what to do', async () => {
    const { shown, become } = await panel({ listening: 'connecting' })
    expect(shown.getByText(/not heard just now; it is tried again by itself/)).toBeDefined()
    become({ cloud: 'team', listening: 'no-lease' })
    expect(await shown.findByText(/to those who hold a licence, while a live bot of theirs runs/)).toBeDefined()
    become({ cloud: 'none', listening: 'none' })
    expect(await shown.findByText(/No cloud is used, so none is heard/)).toBeDefined()
  })

  it('leads to the first account where there is none', async () => {
    const { shown } = await panel({ listening: 'none' }, { accounts: [] })
    expect(shown.getByRole('link', { name: 'Add one' }).getAttribute('href')).toBe('#/add')
  })

  it('keeps what it knew when the launcher does not answer, and offers to try again', async () => {
    const { shown, fail } = await panel({ signals: [heardSignal()] })
    fail()
    expect(await shown.findByText(/Can't bring the signals up to date/)).toBeDefined()
    expect(shown.getByRole('button', { name: 'Try again' })).toBeDefined()
    expect(shown.getByText('us-equity-index')).toBeDefined()
  })

  it('shows hostile text as text', async () => {
    const evil = '<img src=x onerror="window.owned = true">'
    const { shown, region } = await panel({ signals: [heardSignal({ strategy: evil, symbolClass: evil })] })
    expect(shown.getAllByText(evil)).toHaveLength(2)
    expect(region.querySelector('img')).toBeNull()
  })
})
