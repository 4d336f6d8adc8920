import { writeFileSync } from 'node:fs'
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { VaultGate } from '../../../renderer/vault/vault-gate.tsx'
import { VaultPanel } from '../../../renderer/vault/vault-panel.tsx'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { memoryKeychain } from '../../support/keychains.ts'
import { renderOverVault } from '../../support/render-vault.tsx'

const A1 = 'A1' as AccountId
const PASSPHRASE = 'correct horse battery staple'
const button = (name: string | RegExp) => screen.findByRole('button', { name })
const type = async (label: string, text: string) =>
  fireEvent.change(await screen.findByLabelText(label), { target: { value: text } })

describe('the vault in the settings', () => {
  it('is made with the keychain where there is one', async () => {
    const keychain = memoryKeychain()
    const { vault } = renderOverVault(<VaultPanel />, keychain)
    expect(await screen.findByText('There is no vault yet')).toBeTruthy()
    await waitFor(() =>
      expect((screen.getByRole('radio', { name: 'The keychain of this computer' }) as HTMLInputElement).checked).toBe(
        true,
      ),
    )
    fireEvent.click(await button('Make the vault'))
    expect(await screen.findByText('Open')).toBeTruthy()
    expect(screen.getByText(keychain.name)).toBeTruthy()
    expect((await vault.status()).protection).toBe('keychain')
  })

  it('is made with a passphrase where there is none, and says why; a typing error is found before it is sent', async () => {
    const keychain = memoryKeychain()
    keychain.fail('there is none')
    const { vault } = renderOverVault(<VaultPanel />, keychain)
    expect(await screen.findByText(/there is none/)).toBeTruthy()
    await type('New passphrase', 'short')
    fireEvent.click(await button('Make the vault'))
    expect(await screen.findByText(/12 characters or more/)).toBeTruthy()
    await type('New passphrase', PASSPHRASE)
    await type('New passphrase again', `${PASSPHRASE}!`)
    expect(await screen.findByText('This is not the same passphrase.')).toBeTruthy()
    expect((await vault.status()).state).toBe('absent')
    await type('New passphrase again', PASSPHRASE)
    fireEvent.click(await button('Make the vault'))
    expect(await screen.findByText('Open')).toBeTruthy()
    expect(screen.getByText('A file sealed with a passphrase')).toBeTruthy()
  })

  it('is locked, refuses a wrong passphrase, and opens with the right one', async () => {
    const { vault } = renderOverVault(<VaultPanel />, memoryKeychain())
    await screen.findByText('There is no vault yet')
    await vault.init({ kind: 'passphrase', passphrase: PASSPHRASE }, false)
    fireEvent.focus(window)
    window.dispatchEvent(new Event('visibilitychange'))
    fireEvent.click(await button('Lock it now'))
    await type('Passphrase', 'not the right one')
    fireEvent.click(await button('Open the vault'))
    expect(await screen.findByText(/passphrase is wrong, or the vault was changed/)).toBeTruthy()
    expect((screen.getByLabelText('Passphrase') as HTMLInputElement).value).toBe('')
    await type('Passphrase', PASSPHRASE)
    fireEvent.click(await button('Open the vault'))
    expect(await screen.findByText('Open')).toBeTruthy()
  })

  it('shows whose credentials it has and not what they are, and forgets them when told to twice', async () => {
    const { vault } = renderOverVault(<VaultPanel />, memoryKeychain())
    await screen.findByText('There is no vault yet')
    await vault.init({ kind: 'keychain' }, false)
    await vault.set(A1, { token: 'canary-token' })
    window.dispatchEvent(new Event('visibilitychange'))
    fireEvent.click(await button('Forget the credentials of A1'))
    expect(document.body.textContent).not.toContain('canary-token')
    fireEvent.click(await button('Forget them'))
    expect(await screen.findByText(/Nothing is in it yet/)).toBeTruthy()
    expect(await vault.read(A1)).toEqual({})
  })

  it('changes what opens it, with the passphrase of now', async () => {
    const { vault } = renderOverVault(<VaultPanel />, memoryKeychain())
    await screen.findByText('There is no vault yet')
    await vault.init({ kind: 'passphrase', passphrase: PASSPHRASE }, false)
    window.dispatchEvent(new Event('visibilitychange'))
    fireEvent.click(await button('Change the passphrase'))
    const keychainChoice = await screen.findByRole('radio', { name: 'The keychain of this computer' })
    await waitFor(() => expect((keychainChoice as HTMLInputElement).disabled).toBe(false))
    fireEvent.click(keychainChoice)
    fireEvent.click(await button('Change'))
    expect(await screen.findByText('Enter the passphrase that opens it now.')).toBeTruthy()
    await type('Passphrase now', PASSPHRASE)
    fireEvent.click(await button('Change'))
    expect(await screen.findByText('The keychain of this test')).toBeTruthy()
    expect((await vault.status()).protection).toBe('keychain')
  })

  it('that is damaged says so, and is begun anew only after a typed word', async () => {
    const { vault, layout } = renderOverVault(<VaultPanel />, memoryKeychain())
    await screen.findByText('There is no vault yet')
    writeFileSync(layout.vault, 'no vault')
    window.dispatchEvent(new Event('visibilitychange'))
    expect(await screen.findByText("The vault can't be used.")).toBeTruthy()
    fireEvent.click(await button(/can.t be opened any more/))
    const goOn = (await button('Go on')) as HTMLButtonElement
    expect(goOn.disabled).toBe(true)
    await type('Type replace to confirm', 'replace')
    fireEvent.click(goOn)
    fireEvent.click(await button('Begin a new vault'))
    expect(await screen.findByText('Open')).toBeTruthy()
    expect((await vault.status()).problem).toBeNull()
  })
})

describe('the way to the vault from another form', () => {
  it('opens it there, and does not send that form', async () => {
    const sent = vi.fn<() => void>()
    const { vault } = renderOverVault(
      <div onSubmit={sent}>
        <VaultGate />
      </div>,
      memoryKeychain(),
    )
    fireEvent.click(await button('Make a vault …'))
    await waitFor(() =>
      expect((screen.getByRole('radio', { name: 'The keychain of this computer' }) as HTMLInputElement).checked).toBe(
        true,
      ),
    )
    fireEvent.click(await button('Make the vault'))
    await waitFor(() => expect(screen.queryByText('There is no vault yet.')).toBeNull())
    expect((await vault.status()).state).toBe('unlocked')
    expect(sent).not.toHaveBeenCalled()
  })
})
