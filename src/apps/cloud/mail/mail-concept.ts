import { openMailer } from '../../../adapters/mail/open-mailer.ts'
import type { LinkOf } from '../../../domain/mail/mail.ts'
import type { CloudConcept, CloudParts } from '../cloud-parts.ts'
import { openMailDesk } from './mail-desk.ts'

/**
 * Mails. A server without SMTP_URL sends none: those that are made wait, and are given up when they are old.
 *
 * @param linkOf makes the link of an activation
 * @throws {Refused} bad-usage: SMTP_URL or MAIL_FROM can't be used
 */
export function mailConcept(parts: CloudParts, linkOf?: LinkOf): CloudConcept {
  const { database, settings, instance, log, now } = parts
  if (settings.smtpUrl === undefined) return { handlers: [] }
  const mailer = openMailer(settings.smtpUrl, settings.mailFrom)
  const { publicUrl } = settings
  const desk = openMailDesk({ db: database.db, mailer, instance, linkOf, publicUrl, log, now, random: Math.random })
  return {
    handlers: [],
    gauges: () => [
      { name: 'slipway_mails_waiting', help: 'Mails that are to be sent.', value: desk.counts().waiting },
      { name: 'slipway_mails_given_up', help: 'Mails that nobody would take.', value: desk.counts().givenUp },
    ],
    close: () => desk.close(),
  }
}
