import { refusal, type Refusal } from '../failure/refusal.ts'

/** The key of everything an account has on disk; safe as a file name on every platform. */
export type AccountId = string & { readonly brand: 'AccountId' }

const SHAPE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
/** Device names that Windows opens instead of a file, whatever extension follows. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(\..*)?$/i

/** Two ids with the same fold are the same folder on Windows and macOS, so we treat them as one account. */
export function foldAccountId(id: string): string {
  return id.toLowerCase()
}

/**
 * Checks an account id before it touches a path.
 *
 * @returns the id, or why it can't be one
 */
export function parseAccountId(text: string): AccountId | Refusal {
  const hint = 'Use 1 to 64 letters, digits, dots, dashes or underscores, starting with a letter or digit.'
  if (!SHAPE.test(text)) return refusal('account-id-invalid', `${JSON.stringify(text)} can't be an account id.`, hint)
  if (text.endsWith('.')) return refusal('account-id-invalid', `The account id ${text} must not end with a dot.`, hint)
  if (WINDOWS_DEVICE.test(text))
    return refusal('account-id-invalid', `${text} is a device name on Windows and can't be an account id.`, hint)
  return text as AccountId
}

export function isAccountId(value: AccountId | Refusal): value is AccountId {
  return typeof value === 'string'
}
