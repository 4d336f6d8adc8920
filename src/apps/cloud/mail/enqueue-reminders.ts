import { enqueueMail, licencesThatEnd } from '../../../adapters/cloud-db/mail-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { dueReminder } from '../../../domain/mail/due-reminder.ts'
import { expiryMail } from '../../../domain/mail/mail.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

/**
 * Makes the mails about licences that end soon: each reminder of each end once, whoever looks and how often.
 *
 * @returns how many were made
 */
export async function enqueueReminders(db: CloudDb, now: EpochMs): Promise<number> {
  let made = 0
  for await (const { id: licenceId, email, plan, keyHint, createdAt, expiresAt } of licencesThatEnd(db, now)) {
    const daysLeft = dueReminder({ createdAt, expiresAt }, now)
    if (daysLeft === undefined) continue
    const mail = expiryMail(email, { licenceId, plan, keyHint, expiresAt, daysLeft })
    if ((await enqueueMail(db, mail, now)) === 'queued') made++
  }
  return made
}
