import { countByStatus } from '../../../adapters/cloud-db/experience-records.ts'
import { readPoolFigures } from '../../../adapters/cloud-db/given-records.ts'
import { addAudit, findAdminKey, findAdminKeyById, noteAdminUse } from '../../../adapters/cloud-db/admin-records.ts'
import { findLicence, findLicenceByKey } from '../../../adapters/cloud-db/licence-records.ts'
import { hashKey } from '../../../adapters/cloud-db/secret-keys.ts'
import {
  forgetMyDevice,
  PAGE_HEADER,
  readMine,
  readPageSession,
  readPoolHealth,
  signIn,
  signOut,
  type PageSession,
} from '../../../contracts/cloud/pages.ts'
import { answers, CloudReply, cloudRefuse, type CloudCall } from '../cloud-call.ts'
import { adminAnswers } from '../admin/admin-answers.ts'
import type { CloudConcept, CloudParts } from '../cloud-parts.ts'
import { forgetGoneDevice } from '../licence/forget-gone-device.ts'
import { forgetIdleDevice } from '../licence/licence-handlers.ts'
import { iso } from '../licence/licence-views.ts'
import { ownPage } from './own-page.ts'
import { openPageSessions, type OpenPage } from './page-sessions.ts'

/** People at the server's own pages: signing in and out, and what a user sees of the own licence. */
export function pagesConcept({ database: { db }, settings }: Pick<CloudParts, 'database' | 'settings'>): CloudConcept {
  const sessions = openPageSessions(db, settings.publicUrl?.startsWith('https://') === true)

  /** Who the session is of, unless the key or the licence is gone meanwhile. */
  async function described(session: OpenPage): Promise<PageSession | undefined> {
    const expires_at = iso(session.expiresAt)
    if (session.kind === 'admin') {
      const key = await findAdminKeyById(db, session.subject)
      return key && { kind: 'admin', label: key.label, role: key.role, expires_at }
    }
    const licence = await findLicence(db, session.subject)
    return licence && { kind: 'user', user_id: licence.userId, licence_id: licence.id, expires_at }
  }

  async function ownerOf(call: CloudCall): Promise<string> {
    const session = await sessions.find(call.header, call.now)
    const who = session?.kind === 'user' ? await described(session) : undefined
    if (who?.kind === 'user' && who.user_id === call.userId) return who.licence_id
    return cloudRefuse('unauthorized', 'This page has no session of that user.', 'Sign in with the licence key.')
  }

  return {
    handlers: [
      answers(signIn, async ({ header, now, requestId }, { key }) => {
        if (header(PAGE_HEADER) === undefined)
          return cloudRefuse('forbidden', 'This is for the pages of this server only.', 'Open / in a browser.')
        const hash = hashKey(key)
        const subject = key.startsWith('sla_')
          ? ({ kind: 'admin', subject: (await findAdminKey(db, hash))?.id } as const)
          : ({ kind: 'user', subject: (await findLicenceByKey(db, hash))?.id } as const)
        if (subject.subject === undefined)
          return cloudRefuse('unauthorized', 'This key opens nothing here.', 'Look whether all of it was copied.')
        const { setCookie, ...session } = await sessions.open({ kind: subject.kind, subject: subject.subject }, now)
        const who = await described(session)
        if (!who) return cloudRefuse('unauthorized', 'This key opens nothing any more.', 'Ask for a new one.')
        if (subject.kind === 'admin')
          await addAudit(db, {
            ...{ at: now, keyId: subject.subject, action: 'page.sign-in', target: '', detail: '', requestId },
          })
        return new CloudReply(who, { 'set-cookie': setCookie })
      }),
      answers(readPageSession, async ({ header, now }) => {
        const session = await sessions.find(header, now)
        return { session: (session && (await described(session))) ?? null }
      }),
      answers(signOut, async ({ header, now }) => {
        const session = await sessions.find(header, now)
        if (!session) return { signed_out: false }
        return new CloudReply({ signed_out: true }, { 'set-cookie': await sessions.close(session) })
      }),
      answers(readMine, async (call) => {
        const page = await ownPage(db, await ownerOf(call), call.now)
        return page ?? cloudRefuse('license_invalid', 'This licence is gone.', 'Ask whoever runs this server.')
      }),
      answers(forgetMyDevice, async (call, { device_id: deviceId, is_gone: isGone }) => {
        const by = { actor: `user:${call.userId}`, at: call.now }
        return {
          forgotten: await (isGone ? forgetGoneDevice : forgetIdleDevice)(db, await ownerOf(call), deviceId, by),
        }
      }),
      adminAnswers(db, readPoolHealth, { action: 'pool.read', roles: ['support', 'reader'] }, async () => {
        const [figures, counted] = await Promise.all([readPoolFigures(db), countByStatus(db)])
        const by_status = [...counted].map(([status, count]) => ({ status, count }))
        return {
          ...{ by_status, contributors: figures.contributors, seeded: figures.seeded, last_day: figures.lastDay },
          total: by_status.reduce((sum, { count }) => sum + count, 0),
        }
      }),
    ],
    async findAdmin(header, now) {
      const session = await sessions.find(header, now)
      const key = session?.kind === 'admin' ? await findAdminKeyById(db, session.subject) : undefined
      if (!key) return undefined
      await noteAdminUse(db, key, now)
      return { keyId: key.id, role: key.role, label: key.label }
    },
  }
}
