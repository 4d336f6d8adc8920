import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openMailer, type MailerTimes, type OutgoingMail } from '../../../src/adapters/mail/open-mailer.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { answered, smtpSink } from '../../support/smtp-sink.ts'

const MAIL: OutgoingMail = {
  ...{ id: 'expiry:lic_1:3:2026-12-31', to: 'trader@example.com' },
  ...{ subject: 'Your licence', text: 'Hello,\n\nit ends.\n', html: '<p>Hello,</p><p>it ends.</p>' },
}
/** For a server that lets us wait; where one answers, a slow machine has the time it needs. */
const SHORT = { connect: 400, silence: 400, total: 1_500 }
const FROM = 'Slipway <noreply@example.org>'

function mailer(url: string, from: string | undefined = FROM, times?: MailerTimes) {
  const opened = openMailer(url, from, times)
  onTestFinished(() => opened.close())
  return opened
}
const problemOf = async (url: string, times?: MailerTimes) => {
  const outcome = await mailer(url, FROM, times).send(MAIL)
  return outcome.kind === 'failed' ? outcome.failure : undefined
}
const never = () => new Promise<void>(() => undefined)

describe('a mail that is sent', () => {
  it('arrives as text and as HTML, from us, to one, with a name that stays the same', async () => {
    const sink = await smtpSink()
    expect(await mailer(sink.url).send(MAIL)).toEqual({ kind: 'sent' })
    expect(await mailer(sink.url).send(MAIL)).toEqual({ kind: 'sent' })
    const [first, second] = sink.mails
    expect(first).toMatchObject({ from: 'noreply@example.org', to: ['trader@example.com'] })
    for (const line of ['From: Slipway <noreply@example.org>', 'To: trader@example.com', 'Subject: Your licence'])
      expect(first!.raw).toContain(`${line}\r\n`)
    expect(first!.raw).toMatch(/Content-Type: text\/plain[\s\S]*Content-Type: text\/html/)
    expect(first!.raw).toContain('Auto-Submitted: auto-generated')
    const idOf = (raw: string) => /^Message-ID: (<[0-9a-f]{32}@example\.org>)\r$/im.exec(raw)?.[1]
    expect(idOf(first!.raw)).toBeDefined()
    expect(idOf(second!.raw)).toBe(idOf(first!.raw))
  })

  it.each([
    ['subject', { subject: 'Hi\r\nBcc: thief@example.com\r\n\r\nbody' }],
    ['text', { text: 'Hi\r\n.\r\nRCPT TO:<thief@example.com>\r\n' }],
    ['id', { id: 'x>\r\nBcc: thief@example.com' }],
  ])('can not be turned into another by its %s', async (_what, change) => {
    const sink = await smtpSink()
    expect(await mailer(sink.url).send({ ...MAIL, ...change })).toEqual({ kind: 'sent' })
    expect(sink.mails).toHaveLength(1)
    expect(sink.mails[0]!.to).toEqual(['trader@example.com'])
    const head = sink.mails[0]!.raw.split('\r\n\r\n')[0]!
    expect(head).not.toMatch(/^bcc:/im)
  })
})

describe('a mail that is not taken', () => {
  it.each([
    ['a recipient nobody knows', 'recipient', 550, 'RCPT TO'],
    ['a mailbox that is busy', 'recipient', 451, 'RCPT TO'],
    ['a text they do not want', 'data', 554, 'DATA'],
    ['a disk that is full', 'data', 452, 'DATA'],
    ['a server that closes', 'connect', 421, 'CONN'],
  ] as const)('says at which step and with which answer: %s', async (_what, hook, code, step) => {
    const sink = await smtpSink({
      [hook]: () => {
        throw answered(code)
      },
    })
    expect(await problemOf(sink.url)).toEqual({ answer: code, step, problem: `${step} was answered ${code}` })
    expect(sink.mails).toHaveLength(0)
  })

  it('never repeats what a server said', async () => {
    const sink = await smtpSink({
      recipient: () => {
        throw answered(550)
      },
    })
    expect(JSON.stringify(await problemOf(sink.url))).not.toMatch(/secret|somebody/)
  })

  it('is told of where nobody listens', async () => {
    expect(await problemOf('smtp://127.0.0.1:1')).toMatchObject({ answer: undefined, step: 'CONN' })
  })

  it.each([
    ['does not greet', { connect: never }],
    ['falls silent at the recipient', { recipient: never }],
    ['falls silent after the text', { data: never }],
  ])('ends its wait where the server %s', async (_what, temper) => {
    const sink = await smtpSink(temper)
    expect((await problemOf(sink.url, SHORT))?.answer).toBeUndefined()
  })

  it('ends its wait where the server speaks slowly and for ever', async () => {
    const server = createServer((socket) => {
      const drip = setInterval(() => socket.write('220-wait\r\n'), 50)
      socket.on('error', () => undefined).on('close', () => clearInterval(drip))
    })
    await new Promise<void>((up) => server.listen(0, '127.0.0.1', up))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    expect(await problemOf(`smtp://127.0.0.1:${port}`, SHORT)).toMatchObject({ answer: undefined })
  })

  it('ends at once when the server of ours does', async () => {
    const sink = await smtpSink({ data: never })
    const leaving = new AbortController()
    const sending = mailer(sink.url).send(MAIL, leaving.signal)
    setTimeout(() => leaving.abort(), 100)
    expect(await sending).toMatchObject({ kind: 'failed' })
  })
})

describe('a password for the mail server', () => {
  it('is not sent where nobody vouches for the server', async () => {
    const seen: string[] = []
    const sink = await smtpSink(
      {},
      {
        ...{ secure: true, authOptional: false, disabledCommands: [] },
        onAuth: ({ password }, _session, callback) => {
          seen.push(String(password))
          callback(null, { user: 'u' })
        },
      },
    )
    expect(await problemOf(`smtps://user:hunter2@127.0.0.1:${sink.port}`)).toMatchObject({ step: 'CONN' })
    expect(seen).toEqual([])
  })

  it('is not sent in the clear to another computer', async () => {
    const seen: string[] = []
    const sink = await smtpSink(
      {},
      {
        ...{ authOptional: false, disabledCommands: ['STARTTLS'], allowInsecureAuth: true },
        onAuth: ({ password }, _session, callback) => {
          seen.push(String(password))
          callback(null, { user: 'u' })
        },
      },
    )
    // Another way to write 127.0.0.1, which is not known to be this computer.
    expect(await problemOf(`smtp://user:hunter2@127.1:${sink.port}`)).toMatchObject({ step: 'STARTTLS' })
    expect(seen).toEqual([])
    expect(await mailer(`smtp://user:hunter%402@127.0.0.1:${sink.port}`).send(MAIL)).toEqual({ kind: 'sent' })
    expect(seen).toEqual(['hunter@2'])
  })
})

describe('a mail server in the settings', () => {
  it.each([
    ['http://user:hunter2@mail.example.com', FROM],
    ['mail.example.com', FROM],
    ['smtp://', FROM],
    ['smtp://user:hunter2@mail.example.com/?tls=none', FROM],
    ['smtp://user:hunter2%zz@mail.example.com', FROM],
    ['smtp://user:hunter2@mail.example.com', undefined],
    ['smtp://user:hunter2@mail.example.com', 'nobody'],
    ['smtp://user:hunter2@mail.example.com', 'A <a@example.com>, B <b@example.com>'],
    ['smtp://user:hunter2@mail.example.com', 'A\r\nBcc: b@example.com <a@example.com>'],
  ])('is refused where it can not be one: %s from %s', (url, from) => {
    try {
      openMailer(url, from)
      expect.fail('it was taken')
    } catch (error) {
      expect(error).toBeInstanceOf(Refused)
      expect((error as Refused).refusal.code).toBe('bad-usage')
      expect(JSON.stringify((error as Refused).refusal)).not.toContain('hunter2')
    }
  })
})
