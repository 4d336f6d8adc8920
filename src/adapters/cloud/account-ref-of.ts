import type { AccountSettings } from '../../contracts/account-settings.ts'

/**
 * How the cloud names an account at its broker; undefined where the settings do not say which account it is.
 *
 * The broker's own number alone names it: the way there (a bridge on this computer, on another) is not the same from
 * every device, and the account is.
 */
export async function accountRefOf({ broker, gateway }: AccountSettings): Promise<string | undefined> {
  if (broker !== 'gateway' || gateway.account === 'none') return undefined
  const { deriveAccountRef } = await import('../lease-keys/derive-account-ref.ts')
  return deriveAccountRef({ broker, venue: '', accountNumber: gateway.account })
}
