import { createHash } from 'node:crypto'
import { createTransport } from 'nodemailer'
import { refuse } from '../../domain/failure/refusal.ts'
import { mailAddress } from '../../domain/mail/mail-address.ts'
import type { MailFailure } from '../../domain/mail/judge-failure.ts'
import type { WrittenMail } from '../../domain/mail/write-mail.ts'

/** A mail as it leaves. */
export type OutgoingMail = WrittenMail & Readonly<{ id: string; to: string }>

export type MailOutcome = Readonly<{ kind: 'sent' }> | Readonly<{ kind: 'failed'; failure: MailFailure }>

export type Mailer = Readonly<{
  /** Never throws for what a mail server can do. */
  send(mail: OutgoingMail, signal?: AbortSignal): Promise<MailOutcome>
  close(): void
}>

/** Milliseconds; `total` is for everything together. */
export type MailerTimes = Readonly<{ connect: number; silence: number; total: number }>

const TIMES: MailerTimes = { connect: 10_000, silence: 20_000, total: 60_000 }
const NEXT_STEP = 'Give SMTP_URL as smtps://user:password@host:465 or smtp://user:password@host:587.'
/** A name for people, without what could end a header or begin another address. */
const NAME = /^[^\p{C}"<>,;:@\\]{1,80}$/u

/**
 * Sends mails through one SMTP server, one connection for each: there are a few a day.
 *
 * A password travels encrypted or not at all: where one is set, and the server is not on this computer, STARTTLS is a
 * must.
 *
 * @param url `smtps://` or `smtp://`, user and password in it
 * @param from `mail@example.com` or `Name <mail@example.com>`
 * @throws {Refused} bad-usage; the text of `url` is not repeated
 */
export function openMailer(url: string, from: string | undefined, times = TIMES): Mailer {
  const server = serverOf(url)
  const sender = senderOf(from)
  const transport = createTransport({
    ...server,
    connectionTimeout: times.connect,
    greetingTimeout: times.connect,
    socketTimeout: times.silence,
    dnsTimeout: times.connect,
    // Texts of ours only; nothing in one may name a file or an address to load.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ id, to, subject, text, html }, signal) {
      const limit = AbortSignal.timeout(times.total)
      const message = {
        from: sender,
        to: { name: '', address: to },
        ...{ subject, text, html },
        // The same for every try: a try whose answer was lost is no second mail to a mailbox that looks.
        messageId: `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@${sender.address.split('@')[1]}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      }
      try {
        await transport.sendMail(message)
        return { kind: 'sent' }
      } catch (error) {
        return { kind: 'failed', failure: failureOf(error, limit.aborted) }
      }
    },
    close: () => transport.close(),
  }
}

function serverOf(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const secure = url?.protocol === 'smtps:'
  if (
    !url ||
    !['smtp:', 'smtps:'].includes(url.protocol) ||
    url.hostname === '' ||
    url.search !== '' ||
    url.hash !== ''
  )
    return refuse('bad-usage', 'SMTP_URL is no address of a mail server.', NEXT_STEP)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const user = decoded(url.username)
  const auth = user === '' ? {} : { auth: { user, pass: decoded(url.password) } }
  const isHere = host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
  return {
    ...{ host, secure, ...auth, requireTLS: !secure && user !== '' && !isHere },
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse('bad-usage', 'User or password in SMTP_URL are not percent-encoded.', NEXT_STEP)
  }
}

function senderOf(text: string | undefined) {
  const [, name = '', bracketed] = /^(.*?)\s*<([^<>]*)>$/.exec(text?.trim() ?? '') ?? []
  const address = mailAddress(bracketed ?? text ?? '')
  if (address === undefined || (name !== '' && !NAME.test(name)))
    return refuse(
      'bad-usage',
      text === undefined ? 'SMTP_URL is set and MAIL_FROM is not.' : 'MAIL_FROM is no sender.',
      'Give MAIL_FROM as mail@example.com or Slipway <mail@example.com>.',
    )
  return { name: name || 'Slipway', address }
}

/** Code and step only: texts of servers repeat addresses, and sometimes what we said. */
function failureOf(error: unknown, isLate: boolean): MailFailure {
  const { code, responseCode, command } = error as { code?: unknown; responseCode?: unknown; command?: unknown }
  const answer = typeof responseCode === 'number' ? responseCode : undefined
  const step = stepOf(typeof command === 'string' ? command : '')
  const why = isLate ? 'took too long' : answer === undefined ? `failed (${wordOf(code)})` : `was answered ${answer}`
  return { answer, step, problem: `${step} ${why}` }
}

function stepOf(command: string): string {
  if (command.startsWith('AUTH')) return 'AUTH'
  if (command === 'API' || command === '') return 'CONN'
  return /^(RCPT TO|MAIL FROM|DATA|EHLO|HELO|STARTTLS|CONN)$/.exec(command)?.[0] ?? 'CONN'
}

function wordOf(code: unknown): string {
  return typeof code === 'string' && /^[A-Z_0-9]{1,40}$/.test(code) ? code : 'error'
}
