import type { Notice } from '../../src/contracts/launcher/live.ts'
import type { Preferences } from '../../src/contracts/launcher/preferences.ts'

/** What pops up, and by which choice of the settings. */
const POPS_UP = {
  crashed: { title: 'crashed', choice: 'crashed' },
  'backing-off': { title: 'crashed and starts again', choice: 'crashed' },
  blind: { title: 'is blind', choice: 'blind' },
  'loss-limit': { title: 'has reached its loss limit', choice: 'lossLimit' },
} as const satisfies Partial<
  Record<Notice['code'], Readonly<{ title: string; choice: keyof Preferences['notifications'] }>>
>

/** @returns how a notice is headed; undefined where it does not pop up, or somebody chose that it should not */
export function popUpTitle(
  { accountId, code }: Pick<Notice, 'accountId' | 'code'>,
  chosen: Preferences['notifications'],
): string | undefined {
  if (!Object.hasOwn(POPS_UP, code)) return undefined
  const { title, choice } = POPS_UP[code as keyof typeof POPS_UP]
  return chosen[choice] ? `${accountId} ${title}` : undefined
}
