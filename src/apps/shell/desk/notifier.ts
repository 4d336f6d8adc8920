import type { Electron } from '../electron.ts'

export type Notifier = Readonly<{
  /** Shows a notification; a click leads to the account, or to the fleet where none is named. */
  tell: (title: string, body: string, accountId?: string) => void
}>

/** A notification that is garbage before it is clicked leads nowhere, so the last ones are held. */
const HELD = 20

/** The system's notifications; without a word where the system has none. */
export function openNotifier(
  { Notification }: Pick<Electron, 'Notification'>,
  icon: string,
  onClick: (accountId: string | undefined) => void,
): Notifier {
  const held: unknown[] = []
  return {
    tell(title, body, accountId) {
      if (!Notification.isSupported()) return
      const notification = new Notification({ title, body, icon })
      notification.on('click', () => onClick(accountId))
      held.push(notification)
      if (held.length > HELD) held.shift()
      notification.show()
    },
  }
}
