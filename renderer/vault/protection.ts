import { PASSPHRASE_LENGTH, type NewProtection, type VaultProtection } from '../../src/contracts/launcher/vault.ts'

/** What a form for a protection holds. */
export type ProtectionDraft = Readonly<{ kind: VaultProtection; passphrase: string; again: string; keyFile: string }>

export const EMPTY_DRAFT: ProtectionDraft = { kind: 'passphrase', passphrase: '', again: '', keyFile: '' }

/** What is wrong with a draft, by field; nothing where it can be sent. */
export function faultsOf(draft: ProtectionDraft): Partial<Record<'passphrase' | 'again' | 'keyFile', string>> {
  switch (draft.kind) {
    case 'keychain':
      return {}
    case 'passphrase':
      if (draft.passphrase.length < PASSPHRASE_LENGTH.least)
        return { passphrase: `Use ${PASSPHRASE_LENGTH.least} characters or more: four or five unrelated words.` }
      return draft.again === draft.passphrase ? {} : { again: 'This is not the same passphrase.' }
    case 'key-file':
      return draft.keyFile.trim() === '' ? { keyFile: 'Write the whole path of the file.' } : {}
  }
}

export function protectionOf({ kind, passphrase, keyFile }: ProtectionDraft): NewProtection {
  switch (kind) {
    case 'keychain':
      return { kind }
    case 'passphrase':
      return { kind, passphrase }
    case 'key-file':
      return { kind, keyFile: keyFile.trim() }
  }
}
