import { leaveDuty, takeDuty } from '../../../adapters/cloud-db/duty-records.ts'
import {
  claimMail,
  countMails,
  mailNotSent,
  mailSent,
  pruneMails,
  type ClaimedMail,
} from '../../../adapters/cloud-db/mail-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import type { Mailer } from '../../../adapters/mail/open-mailer.ts'
import { isTooOld, judgeMailFailure } from '../../../domain/mail/judge-failure.ts'
import type { LinkOf } from '../../../domain/mail/mail.ts'
import { writeMail } from '../../../domain/mail/write-mail.ts'
import { epochMs, type EpochMs } from '../../../domain/units/units.ts'
import { enqueueReminders } from './enqueue-reminders.ts'

export type MailDeskParts = Readonly<{
  db: CloudDb
  mailer: Mailer
  instance: string
  /** Makes the link of an activation. */
  linkOf?: LinkOf | undefined
  publicUrl?: string | undefined
  log: Pick<Log, 'info' | 'warn'>
  now: () => EpochMs
  /** 0 ≤ draw < 1. */
  random: () => number
  tickMs?: number
}>

export type MailDesk = Readonly<{
  /** Sends what is due, unless another instance does. @returns how many were sent */
  sendDue(): Promise<number>
  /** Makes the mails about licences that end soon. @returns how many */
  remind(): Promise<number>
  /** As last counted. */
  counts(): Readonly<{ waiting: number; givenUp: number }>
  close(): Promise<void>
}>

const TICK_MS = 20_000
/** Longer than one mail can take. */
const LEASE_MS = 120_000
const DUTY = 'mail'
const REMIND_EVERY_MS = 3_600_000
/** Mails hold addresses, so they are not kept for longer than their ids are of use. */
const KEPT_MS = 180 * 86_400_000

/** Sends the mails that wait, one after another, by one instance; and makes those that the calendar asks for. */
export function openMailDesk(parts: MailDeskParts): MailDesk {
  const { db, mailer, instance, linkOf, publicUrl, log, now, random } = parts
  const leaving = new AbortController()
  let counts = { waiting: 0, givenUp: 0 }
  let remindedAt = Number.NEGATIVE_INFINITY

  async function sendDue(): Promise<number> {
    let sent = 0
    try {
      while (!leaving.signal.aborted && (await takeDuty(db, DUTY, instance, now(), LEASE_MS))) {
        const mail = await claimMail(db, instance, now(), LEASE_MS)
        if (!mail) break
        const outcome = await send(mail)
        if (outcome === 'sent') sent++
        // The server, or the way to it, is in trouble: the others would meet the same.
        if (outcome === 'trouble') break
      }
    } finally {
      await leaveDuty(db, DUTY, instance)
    }
    return sent
  }

  async function send(mail: ClaimedMail): Promise<'sent' | 'not-sent' | 'trouble'> {
    const { id, to, content, createdAt, attempts } = mail
    if (isTooOld(createdAt, now())) return await giveUp(mail, 'too old when its turn came')
    const claim = content.kind === 'activation' ? content.claim : undefined
    const link = claim === undefined ? undefined : await linkOf?.(claim)
    const outcome = await mailer.send({ id, to, ...writeMail(content, { link, publicUrl }) }, leaving.signal)
    if (outcome.kind === 'sent') {
      await mailSent(db, id, instance, now())
      log.info('mail-sent', `Mail sent (${content.kind})`, { mail: id, attempts })
      return 'sent'
    }
    const { failure } = outcome
    const verdict = judgeMailFailure(failure, { attempts, createdAt }, now(), random())
    if (verdict.kind === 'never') return await giveUp(mail, failure.problem)
    // Ended by us in the middle: another instance may go on at once.
    const nextAt = leaving.signal.aborted ? epochMs(now()) : verdict.at
    await mailNotSent(db, id, instance, { nextAt, problem: failure.problem })
    log.warn('mail-waits', `A mail (${content.kind}) was not sent and is tried again: ${failure.problem}`, {
      ...{ mail: id, attempts },
    })
    return verdict.othersToo ? 'trouble' : 'not-sent'
  }

  async function giveUp({ id, content, attempts }: ClaimedMail, problem: string): Promise<'not-sent'> {
    await mailNotSent(db, id, instance, { nextAt: undefined, problem })
    log.warn('mail-given-up', `A mail (${content.kind}) is not sent: ${problem}`, { mail: id, attempts })
    return 'not-sent'
  }

  const remind = () => enqueueReminders(db, now())

  async function tick(): Promise<void> {
    if (now() - remindedAt >= REMIND_EVERY_MS) {
      await remind()
      await pruneMails(db, epochMs(now() - KEPT_MS))
      remindedAt = now()
    }
    await sendDue()
    counts = await countMails(db)
  }

  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= tick()
      .catch((error: unknown) => log.warn('mail-trouble', 'Mails could not be looked after', { error }))
      .finally(() => (running = undefined))
  }, parts.tickMs ?? TICK_MS)
  timer.unref()
  return {
    sendDue,
    remind,
    counts: () => counts,
    async close() {
      clearInterval(timer)
      leaving.abort()
      await running
      mailer.close()
    },
  }
}
