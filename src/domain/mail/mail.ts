import type { EpochMs } from '../units/units.ts'

/** Days before its end on which the holder of a licence is reminded; 0: on the day itself. */
export const EXPIRY_REMINDERS = [14, 3, 0] as const
export type ExpiryReminder = (typeof EXPIRY_REMINDERS)[number]

/**
 * What a mail tells. It stands in the database until it is sent and long after, so it never holds a secret: no licence
 * key, no link that opens something.
 */
export type MailContent =
  | Readonly<{
      kind: 'activation'
      licenceId: string
      plan: string
      /** undefined: without an end. */
      expiresAt?: EpochMs | undefined
      /** First characters of the key, where the holder was shown it already. */
      keyHint?: string | undefined
      /**
       * Names a claim. The link that it opens is made from it at the moment of sending (see `LinkOf`), by whoever keeps
       * the secret that this takes.
       */
      claim?: string | undefined
    }>
  | Readonly<{
      kind: 'expiry'
      licenceId: string
      plan: string
      keyHint: string
      expiresAt: EpochMs
      daysLeft: ExpiryReminder
    }>
  | Readonly<{
      kind: 'payment-failed'
      licenceId: string
      plan: string
      keyHint: string
      /** The licence ends then, unless a payment comes. */
      expiresAt?: EpochMs | undefined
    }>

/** A mail to make. The id is natural (below), so that the same news makes one mail, however often it is told. */
export type Mail = Readonly<{ id: string; to: string; content: MailContent }>

/** The link of a claim, at the moment of sending. undefined: the claim is used up or over, and the mail goes without. */
export type LinkOf = (claim: string) => Promise<string | undefined> | string | undefined

export function activationMail(to: string, content: Omit<MailOf<'activation'>, 'kind'>): Mail {
  return { id: `activation:${content.licenceId}`, to, content: { kind: 'activation', ...content } }
}

/** One for each end of a licence and each reminder: a licence that was prolonged is reminded of its new end. */
export function expiryMail(to: string, content: Omit<MailOf<'expiry'>, 'kind'>): Mail {
  const { licenceId, daysLeft, expiresAt } = content
  return { id: `expiry:${licenceId}:${daysLeft}:${utcDay(expiresAt)}`, to, content: { kind: 'expiry', ...content } }
}

/** @param invoiceId one mail for each invoice, however often its payment is tried */
export function paymentFailedMail(
  to: string,
  invoiceId: string,
  content: Omit<MailOf<'payment-failed'>, 'kind'>,
): Mail {
  return { id: `payment-failed:${invoiceId}`, to, content: { kind: 'payment-failed', ...content } }
}

type MailOf<Kind extends MailContent['kind']> = Extract<MailContent, { kind: Kind }>

/** The day of an instant, in UTC. */
export function utcDay(at: EpochMs): string {
  return new Date(at).toISOString().slice(0, 10)
}
