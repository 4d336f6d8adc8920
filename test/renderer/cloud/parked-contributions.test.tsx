import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { ParkedContribution } from '../../../src/contracts/launcher/outbox.ts'
import { refusal } from '../../../src/domain/failure/refusal.ts'
import { cloudAccount, renderCloud } from '../../support/render-cloud.tsx'

function parked(tradeId: string, more: Partial<ParkedContribution> = {}): ParkedContribution {
  return {
    ...{ kind: 'signal', tradeId, attempts: 5, since: '2026-10-05T12:00:00.000Z' },
    reason: 'key_conflict: known with other words',
    ...more,
  }
}

function accountWith(...rows: ParkedContribution[]) {
  return cloudAccount({ parked: rows.length, parkedRows: rows })
}

const aside = async () => within(await screen.findByRole('region', { name: 'Put aside' }))

describe('contributions that were put aside', () => {
  it('are told with account, trade and reason, in words', async () => {
    const misfit = parked('P1/T-2', { kind: 'exit', reason: 'an earlier version wrote it' })
    renderCloud({ accounts: [accountWith(parked('P1/T-1'), misfit)] })
    const panel = await aside()
    expect(panel.getByRole('row', { name: /P1 .* P1\/T-1 entry Known with other words. key_conflict/ })).toBeDefined()
    expect(panel.getByRole('row', { name: /P1\/T-2 exit An earlier version wrote it./ })).toBeDefined()
  })

  it('are none, where nothing was put aside', async () => {
    renderCloud({ accounts: [cloudAccount()] })
    const panel = await aside()
    expect(panel.getByText('Nothing is put aside.')).toBeDefined()
    expect(panel.queryByRole('button')).toBeNull()
  })

  it('are sent again by their trade, and the keyboard goes on from what is said of it', async () => {
    const { asked } = renderCloud({ accounts: [accountWith(parked('P1/T-1'), parked('P1/T-2'))] })
    const panel = await aside()
    fireEvent.click(panel.getByRole('button', { name: 'Try trade P1/T-1 of P1 again' }))
    expect(await panel.findByText(/1 contribution of P1 waits again/)).toBe(document.activeElement)
    expect(asked).toEqual([{ again: { id: 'P1', tradeId: 'P1/T-1' } }])
    expect(panel.queryByText('P1/T-1')).toBeNull()
    expect(panel.getByText('P1/T-2')).toBeDefined()
  })

  it('are sent again all at once, and none of them twice while that is under way', async () => {
    const { asked, hold } = renderCloud({ accounts: [accountWith(parked('P1/T-1'), parked('P1/T-2'))] })
    const panel = await aside()
    const { release } = hold()
    const all = panel.getByRole('button', { name: 'Try all 2 of P1 again' })
    fireEvent.click(all)
    await waitFor(() => expect(all.getAttribute('aria-busy')).toBe('true'))
    fireEvent.click(all)
    fireEvent.click(panel.getByRole('button', { name: 'Try trade P1/T-1 of P1 again' }))
    release()
    expect(await panel.findByText(/2 contributions of P1 wait again/)).toBeDefined()
    expect(panel.getByText('Nothing is put aside.')).toBeDefined()
    expect(asked).toEqual([{ again: { id: 'P1', tradeId: undefined } }])
  })

  it('are told of and sent again also of an account that was removed, whose page is no more', async () => {
    const left = { accountId: 'OLD', waiting: 0, parked: 1, parkedRows: [parked('OLD/T-1')], problem: null }
    const { asked } = renderCloud({ accounts: [cloudAccount()], removed: [left] })
    const panel = await aside()
    expect(panel.getByRole('row', { name: /^OLD \(removed\) .* OLD\/T-1 entry/ })).toBeDefined()
    expect(panel.queryByRole('link')).toBeNull()
    fireEvent.click(panel.getByRole('button', { name: 'Try trade OLD/T-1 of OLD again' }))
    expect(await panel.findByText(/1 contribution of OLD waits again/)).toBeDefined()
    expect(asked).toEqual([{ again: { id: 'OLD', tradeId: 'OLD/T-1' } }])
  })

  it('stay where they are when they can not be sent again, with the reason', async () => {
    const full = refusal('disk-full', 'The disk is full.', 'Make room, then try again.')
    renderCloud({ accounts: [accountWith(parked('P1/T-1'))] }, full)
    const panel = await aside()
    fireEvent.click(panel.getByRole('button', { name: 'Try all 1 of P1 again' }))
    expect(await panel.findByText('The disk is full.')).toBeDefined()
    expect(panel.getByText('P1/T-1')).toBeDefined()
  })

  it('say how many there are where only the newest are shown', async () => {
    renderCloud({ accounts: [cloudAccount({ parked: 1_204, parkedRows: [parked('P1/T-1')] })] })
    const panel = await aside()
    expect(panel.getByText('Of P1 the newest 1 of 1204 are shown.')).toBeDefined()
    expect(panel.getByRole('button', { name: 'Try all 1204 of P1 again' })).toBeDefined()
  })
})
