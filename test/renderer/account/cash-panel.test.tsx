import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { CashReply } from '../../../src/contracts/cash-request.ts'
import { accountStatus } from '../../support/account-rows.ts'
import { cashReport } from '../../support/fake-account-book.ts'
import { fakeLauncher } from '../../support/fake-launcher.ts'
import { renderPage } from '../../support/render-page.tsx'

const broker = (cash: string, difference: string) => ({
  ...{ cash, books: '50000.00', difference, askedAt: '2024-01-05T15:00:00.000Z' },
})
const booked: CashReply = {
  ...{ kind: 'booked', isNew: true, cash: '49987.50', agrees: true },
  movement: {
    ...{ requestId: 'r', at: '2024-01-05T15:01:00.000Z', kind: 'fee', change: '-12.50', currency: 'USD', note: '' },
  },
}

function open(fields: Parameters<typeof cashReport>[0]) {
  const launcher = fakeLauncher([accountStatus({ accountId: 'anna' })])
  launcher.book.cash.set('anna', cashReport({ accountId: 'anna', ...fields }))
  renderPage(launcher, '#/account/anna/reconciliation')
  return launcher
}

async function bookAs(kind: string): Promise<void> {
  fireEvent.change(await screen.findByLabelText('Book it as…', { selector: 'select' }), { target: { value: kind } })
  fireEvent.click(screen.getByRole('button', { name: 'Book it' }))
  fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Book it' }))
}

describe('cash on the page of an account', () => {
  it('stands above the reports, and asks nothing where books and broker agree', async () => {
    open({})
    const panel = within(await screen.findByRole('group', { name: 'Cash' }))
    expect(panel.getByText(/50,000\.00 USD in the books and 50,000\.00 USD at the broker/)).toBeDefined()
    expect(screen.queryByLabelText('Book it as…')).toBeNull()
  })

  it('is booked as what a person says it was, once more asked and under a name', async () => {
    const launcher = open({ broker: broker('49987.50', '-12.50') })
    expect(await screen.findByText(/: -12\.50 USD apart|: −12\.50 USD apart/)).toBeDefined()
    expect(screen.getByRole('button', { name: 'Book it' })).toHaveProperty('disabled', true)
    expect(screen.getByLabelText('Amount, USD')).toHaveProperty('value', '12.50')
    fireEvent.change(screen.getByLabelText('Note'), { target: { value: 'CME data' } })
    launcher.book.cashReplies.push(booked)
    await bookAs('fee')
    expect(
      await screen.findByText('-12.50 USD as fee. Cash is 49987.50 USD now; books and broker agree.'),
    ).toBeDefined()
    expect(launcher.book.cashAsked).toEqual([
      {
        requestId: expect.stringMatching(/^page-[0-9a-f]{24}$/),
        movement: { kind: 'fee', amount: '12.50', note: 'CME data' },
      },
    ])
    await waitFor(() => expect(screen.queryByLabelText('Amount, USD')).toBeNull())
  })

  it('offers what fits the way the money went', async () => {
    const launcher = open({ broker: broker('50005.00', '5.00') })
    const kinds = await screen.findByLabelText('Book it as…', { selector: 'select' })
    expect(
      within(kinds)
        .getAllByRole('option')
        .map(({ textContent }) => textContent),
    ).toEqual([...['What was it?', 'A deposit', 'Interest', 'A fee that was given back']])
    launcher.book.cashReplies.push(booked)
    await bookAs('fee')
    await waitFor(() => expect(launcher.book.cashAsked).toMatchObject([{ movement: { kind: 'fee', amount: '-5.00' } }]))
  })

  it('says in words why it was not booked', async () => {
    const launcher = open({ broker: broker('49987.50', '-12.50') })
    launcher.book.cashReplies.push({
      kind: 'refused',
      refusal: {
        ...{ code: 'cash-mismatch', message: 'Cash is 50000.00 USD here and 49990.00 USD at the broker.' },
        nextStep: 'Book at most 10.00 USD that went out; see: slipway cash anna',
      },
    })
    await bookAs('withdrawal')
    expect(await screen.findByText('It was not booked')).toBeDefined()
    expect(screen.getByText('Cash is 50000.00 USD here and 49990.00 USD at the broker.')).toBeDefined()
    expect(screen.getByText(/Book at most 10\.00 USD/)).toBeDefined()
  })

  it('is asked again under the same name where no answer came', async () => {
    const launcher = open({ broker: broker('49987.50', '-12.50') })
    launcher.book.cashReplies.push(new Error('lost'), booked, booked)
    await bookAs('fee')
    expect(await screen.findByText('It was not booked')).toBeDefined()
    await bookAs('fee')
    await waitFor(() => expect(launcher.book.cashAsked).toHaveLength(2))
    const [first, second] = launcher.book.cashAsked.map(({ requestId }) => requestId)
    expect(second).toBe(first)
  })

  it('is only shown at the simulated broker', async () => {
    open({ broker: broker('49987.50', '-12.50'), closed: 'cash changes with fills and nothing else' })
    await screen.findByRole('group', { name: 'Cash' })
    expect(screen.queryByLabelText('Book it as…')).toBeNull()
  })
})
