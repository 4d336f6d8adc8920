import type { LauncherClient } from '../launcher/launcher-client.ts'
import type { Credentials } from './credentials-step.tsx'
import { changesOf, newAccountOf, type Draft } from './draft.ts'

/**
 * Registers an account. Its credentials go into the vault first, so that no account stands there that can't get in;
 * when the account is refused after all, they are forgotten again.
 */
export async function addAccount(client: LauncherClient, draft: Draft, { values }: Credentials): Promise<void> {
  const { accountId: id, broker } = draft
  const hasSecrets = Object.keys(values).length > 0
  if (hasSecrets) {
    // A refusal is cheaper before a secret is kept than after.
    await client.accounts.check(newAccountOf(draft))
    await client.vault.credentials.set({ id, values: { ...values }, broker })
  }
  try {
    await client.accounts.add(newAccountOf(draft))
  } catch (error) {
    if (hasSecrets) await client.vault.credentials.forget({ id }).catch(() => undefined)
    throw error
  }
}

/**
 * Changes an account, and its credentials where new ones were typed.
 *
 * @returns whether a bot runs that goes on with the old ones until it is started again
 */
export async function changeAccount(
  client: LauncherClient,
  before: Draft,
  draft: Draft,
  { values }: Credentials,
): Promise<{ appliesAtNextStart: boolean }> {
  const { accountId: id, broker } = draft
  const set = changesOf(before, draft)
  const edited = set.length > 0 ? await client.accounts.edit({ id, set }) : undefined
  if (Object.keys(values).length === 0) return { appliesAtNextStart: edited?.appliesAtNextStart ?? false }
  await client.vault.credentials.set({ id, values: { ...values }, broker })
  // A bot is given its credentials when it starts.
  return { appliesAtNextStart: true }
}
