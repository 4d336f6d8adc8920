import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { refusal } from '../../../src/domain/failure/refusal.ts'
import { cloudAccount, LOCAL, renderCloud } from '../../support/render-cloud.tsx'

const KEY = `slw_${'k'.repeat(43)}`
const ANNA = { userId: '0123456789ab', users: ['anna'], hasKey: false, liveAccounts: 1 }
const live = (licence: Partial<NonNullable<ReturnType<typeof cloudAccount>['licence']>>) =>
  cloudAccount({
    ...{ accountId: 'L1', mode: 'live' },
    licence: { entries: 'refused', code: '', message: 'A sentence.', rung: 'refused', until: null, ...licence },
  })

describe('the page of licence and cloud', () => {
  it('tells where cloud, licence and contributions stand', async () => {
    const trouble = { message: "The cloud can't be reached.", nextStep: 'It is asked again by itself.' }
    renderCloud({
      server: {
        ...LOCAL,
        kind: 'team',
        url: 'https://cloud.example',
        circuit: 'open',
        restMs: 12_000,
        problem: trouble,
      },
      accounts: [
        live({ rung: 'warn', entries: 'allowed', message: 'Last confirmed on Monday.' }),
        cloudAccount({ waiting: 3, parked: 1 }),
      ],
    })
    expect(await screen.findByText(/https:\/\/cloud.example, left alone for 12 s/)).toBeDefined()
    expect(screen.getByText(/can't be reached. It is asked again/)).toBeDefined()
    expect(screen.getByText(/Last confirmed on Monday/)).toBeDefined()
    expect(screen.getByText('3 closed trades wait to be contributed.')).toBeDefined()
    expect(screen.getByText('The live account may enter.')).toBeDefined()
  })

  it('says that the local cloud is starting, and why and for how long it rests, with what to do', async () => {
    const problem = { message: 'The disk is full.', nextStep: 'Make room.' }
    const first = renderCloud({ server: { ...LOCAL, local: 'starting', lastAnswerAt: null } })
    expect(await screen.findByText('The one on this computer, starting. Trading goes on.')).toBeDefined()
    first.unmount()
    const second = renderCloud({ server: { ...LOCAL, local: 'resting', restMs: 4_100, problem } })
    expect(await screen.findByText(/does not run, and is started again in 5 s\. Trading goes on/)).toBeDefined()
    expect(screen.getByText('The disk is full. Make room.')).toBeDefined()
    second.unmount()
    renderCloud({ server: { ...LOCAL, local: 'starting', problem } })
    expect(await screen.findByText('The one on this computer, starting again. Trading goes on.')).toBeDefined()
  })

  it("uses a team's cloud only after its keys were shown and agreed to", async () => {
    const { asked } = renderCloud({})
    fireEvent.click(await screen.findByLabelText("My team's"))
    fireEvent.change(screen.getByLabelText('Address'), { target: { value: 'https://cloud.example' } })
    fireEvent.click(screen.getByRole('button', { name: 'Look at it' }))
    expect(await screen.findByText('key-of-the-team')).toBeDefined()
    expect(asked).toEqual([{ look: 'https://cloud.example' }])
    fireEvent.click(screen.getByRole('button', { name: 'They are: use it' }))
    await waitFor(() => expect(asked).toHaveLength(2))
    expect(asked[1]).toMatchObject({ use: { kind: 'team', url: 'https://cloud.example' } })
    expect(await screen.findByText('https://cloud.example.')).toBeDefined()
  })

  it('keeps a licence key, and shows it to nobody again', async () => {
    const { asked, container } = renderCloud({ users: [ANNA] })
    fireEvent.change(await screen.findByLabelText('Licence key'), { target: { value: KEY } })
    fireEvent.click(screen.getByRole('button', { name: 'Keep it in the vault' }))
    expect(await screen.findByText(/Kept: pro, active/)).toBeDefined()
    expect(asked).toEqual([{ set: { user: 'anna', key: KEY } }])
    expect(container.innerHTML).not.toContain(KEY)
  })

  it('says why a key was not kept', async () => {
    renderCloud({ users: [ANNA] }, refusal('licence-refused', 'Nobody knows this key.', 'Copy it again.'))
    fireEvent.change(await screen.findByLabelText('Licence key'), { target: { value: KEY } })
    fireEvent.click(screen.getByRole('button', { name: 'Keep it in the vault' }))
    expect(await screen.findByText('Nobody knows this key.')).toBeDefined()
  })

  it('takes an account over from another device, once its name was typed', async () => {
    const { asked } = renderCloud({ accounts: [live({ code: 'account_held', message: 'Another device trades it.' })] })
    fireEvent.click(await screen.findByRole('button', { name: /Take L1 over/ }))
    fireEvent.change(screen.getByLabelText('Type L1 to confirm'), { target: { value: 'L1' } })
    fireEvent.click(screen.getByRole('button', { name: 'Take it over' }))
    await waitFor(() => expect(asked).toEqual([{ takeOver: 'L1' }]))
  })

  it('offers no taking over where nobody else has it', async () => {
    renderCloud({ accounts: [live({ code: 'license_expired', message: 'It is over.' })] })
    expect(await screen.findByText(/It is over/)).toBeDefined()
    expect(screen.queryByRole('button', { name: /Take L1 over/ })).toBeNull()
  })
})
