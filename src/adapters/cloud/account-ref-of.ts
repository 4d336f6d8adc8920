import type { AccountSettings } from '../../contracts/account-settings.ts'

/** Said of a live account whose settings leave open which one it is. */
export function unnamedAccount(accountId: string): Readonly<{ message: string; nextStep: string }> {
  return {
    message: 'It is not said which account at the broker this is, so no licence can be bound to it.',
    nextStep: `Say it: slipway account edit ${accountId} --set gateway.account=NUMBER`,
  }
}

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
