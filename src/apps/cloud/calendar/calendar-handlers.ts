import { createHash } from 'node:crypto'
import {
  putEmergency,
  readCalendarRecords,
  removeEmergency,
  type StoredEmergency,
} from '../../../adapters/cloud-db/calendar-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { transact, type CloudTransaction } from '../../../adapters/cloud-db/transact.ts'
import {
  declareEmergency,
  readCalendar,
  refreshCalendar,
  withdrawEmergency,
  type CalendarEvent,
} from '../../../contracts/cloud/calendar.ts'
import { EVENT_NAMES } from '../../../domain/calendar/known-releases.ts'
import { epochMs, type EpochMs } from '../../../domain/units/units.ts'
import { adminAnswers } from '../admin/admin-answers.ts'
import { answers, CloudReply, cloudRefuse, type CloudHandler } from '../cloud-call.ts'
import type { Push } from '../push/push.ts'
import type { CalendarDesk } from './calendar-desk.ts'
import { calendarView, emergencyView } from './calendar-view.ts'

export type CalendarParts = Readonly<{
  db: CloudDb
  push: Pick<Push, 'publish' | 'told'>
  /** undefined: this deployment reads no public pages. */
  desk: CalendarDesk | undefined
}>

const DAY = 86_400_000

/** The calendar, and what admins of it may do. */
export function calendarHandlers({ db, push, desk }: CalendarParts): CloudHandler[] {
  return [
    answers(readCalendar, async (call) => {
      const view = calendarView(await readCalendarRecords(db), call.now)
      const etag = `"${createHash('sha256').update(JSON.stringify(view)).digest('hex').slice(0, 32)}"`
      const headers = { etag, 'cache-control': 'no-cache' }
      if (namesOf(call.header('if-none-match')).includes(etag)) return new Response(null, { status: 304, headers })
      return new CloudReply(view, headers)
    }),
    adminAnswers(
      db,
      refreshCalendar,
      { action: 'calendar.refresh', roles: ['calendar'], detail: ({ accept }) => acceptText(accept) },
      async (_call, { accept }) => {
        if (!desk)
          return cloudRefuse(
            'unavailable',
            'This server does not read the public pages.',
            'Update the program: newer dates ship with it.',
          )
        const looks = await desk.refresh(EVENT_NAMES, accept)
        return {
          changed: looks.reduce((sum, { changed }) => sum + changed, 0),
          sources: looks.map(({ name, problem, at }) => {
            return { name, ok: problem === undefined, problem: problem ?? null, at: iso(at) }
          }),
        }
      },
    ),
    adminAnswers(
      db,
      declareEmergency,
      {
        ...{ action: 'emergency.declare', roles: ['calendar'] },
        detail: ({ minutes, note }) => `${minutes} min: ${oneLine(note)}`,
      },
      async (call, { note, at, minutes }) => {
        const emergency = emergencyOf(oneLine(note), startOf(at, call.now), minutes)
        const view = emergencyView(emergency)
        await changing(async (trx) => {
          const { isNew, revision } = await putEmergency(trx, emergency, call.now)
          if (isNew) await told(trx, revision, view, null)
        })
        return view
      },
    ),
    adminAnswers(
      db,
      withdrawEmergency,
      { action: 'emergency.withdraw', roles: ['calendar'], target: ({ id }) => id },
      async (call, { id }) => {
        const withdrawn = await changing(async (trx) => {
          const { wasThere, revision } = await removeEmergency(trx, id, call.now)
          if (wasThere) await told(trx, revision, null, id)
          return wasThere
        })
        return { withdrawn }
      },
    ),
  ]

  /** An emergency is stored and told, or neither. */
  async function changing<T>(work: (trx: CloudTransaction) => Promise<T>): Promise<T> {
    const done = await transact(db, work)
    push.told()
    return done
  }

  async function told(
    trx: CloudTransaction,
    revision: number,
    emergency: CalendarEvent | null,
    withdrawn: string | null,
  ): Promise<void> {
    await push.publish('calendar', { revision, emergency, withdrawn }, 'everyone', trx)
  }
}

function acceptText(accept: readonly string[]): string {
  return accept.length === 0 ? '' : `accept ${accept.join(',')}`
}

/** The beginning of the minute that was named, or of this one. */
function startOf(at: string | undefined, now: EpochMs): EpochMs {
  const start = at === undefined ? now : Date.parse(at)
  if (start < now - DAY || start > now + 365 * DAY)
    return cloudRefuse('body_invalid', 'at is not within a day ago and a year ahead.', 'Correct at, or leave it out.')
  return epochMs(start - (start % 60_000))
}

/** The same emergency declared twice is one: a page may be clicked twice. */
function emergencyOf(note: string, start: EpochMs, minutes: number): StoredEmergency {
  if (note.length < 3) return cloudRefuse('body_invalid', 'note says nothing.', 'Say in a sentence what has happened.')
  const digest = createHash('sha256').update(`${minutes} ${note}`).digest('hex').slice(0, 12)
  const [date = '', clock = ''] = iso(start).split('T')
  const time = clock.slice(0, 5)
  return { id: `EMERGENCY:${date}T${time}Z:${digest}`, date, time, minutes, note }
}

/** It becomes the reason in logs and tables of every bot: one line, without anything that could disturb a terminal. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, ' ').trim()
}

function namesOf(header: string | undefined): readonly string[] {
  return (header ?? '').split(',').map((name) => name.trim().replace(/^W\//, ''))
}

function iso(at: EpochMs): string {
  return new Date(at).toISOString()
}
