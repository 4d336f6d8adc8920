import type { Notice } from '../../src/contracts/launcher/live.ts'
import { useNotices } from '../live/topics.ts'
import { useBulk } from './bulk.tsx'
import { tell } from './tell.tsx'

const TITLES: Partial<Record<Notice['code'], string>> = {
  crashed: 'crashed',
  'backing-off': 'crashed and starts again',
  blind: 'is blind',
  'loss-limit': 'has reached its loss limit',
}

/** Pops up what somebody should know of although they look at something else; a crash is offered for restart. */
export function NoticeToasts() {
  const { ask } = useBulk()
  useNotices(({ accountId, code, text }) => {
    const title = TITLES[code]
    if (title === undefined) return
    tell({
      // What comes back by itself need not be closed by hand.
      tone: code === 'crashed' ? 'refused' : 'warning',
      title: `${accountId} ${title}`,
      message: text,
      ...(code === 'crashed'
        ? { action: { word: 'Start it again', act: () => ask({ verb: 'start', ids: [accountId] }) } }
        : {}),
    })
  })
  return null
}
