import { useNotices } from '../live/topics.ts'
import { goTo } from '../place/use-place.ts'
import { usePreferences } from '../preferences/preferences-context.tsx'
import { useBulk } from './bulk.tsx'
import { popUpTitle } from './notice-choice.ts'
import { tell } from './tell.tsx'

/** Pops up what somebody should know of although they look at something else; a crash is offered for restart. */
export function NoticeToasts() {
  const { ask } = useBulk()
  const { notifications } = usePreferences().preferences
  useNotices((notice) => {
    const title = popUpTitle(notice, notifications)
    if (title === undefined) return
    const { accountId, code, text } = notice
    popUp(title, text, accountId)
    tell({
      // What comes back by itself need not be closed by hand.
      tone: code === 'crashed' ? 'refused' : 'warning',
      title,
      message: text,
      ...(code === 'crashed'
        ? { action: { word: 'Start it again', act: () => ask({ verb: 'start', ids: [accountId] }) } }
        : {}),
    })
  })
  return null
}

/** Through the system, for whoever looks at another window; the desktop app has notifications of its own. */
function popUp(title: string, body: string, accountId: string): void {
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted' || !document.hidden) return
  // Some browsers know the word and refuse the deed (those of phones).
  try {
    const shown = new Notification(title, { body, tag: title })
    shown.addEventListener('click', () => {
      window.focus()
      goTo({ page: 'account', accountId, tab: undefined })
    })
  } catch {
    // The message on the page is there all the same.
  }
}
