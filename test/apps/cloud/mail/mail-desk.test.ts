import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { countMails, enqueueMail } from '../../../../src/adapters/cloud-db/mail-records.ts'
import type { CloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { openMailer } from '../../../../src/adapters/mail/open-mailer.ts'
import { openMailDesk } from '../../../../src/apps/cloud/mail/mail-desk.ts'
import { activationMail, type LinkOf } from '../../../../src/domain/mail/mail.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { DAY, LICENCE_NOW, makeLicence } from '../../../support/licences.ts'
import { answered, smtpSink } from '../../../support/smtp-sink.ts'
import { programOf } from '../../../support/programs/programs.ts'

const MINUTE = 60_000
const TIMES = { connect: 300, silence: 300, total: 1_000 }

function deskOn(db: CloudDb, url: string, more: { instance?: string; linkOf?: LinkOf } = {}) {
  const clock = { now: Number(LICENCE_NOW) }
  const lines: string[] = []
  const line = (event: string, message: string, fields?: unknown) =>
    void lines.push(`${event} ${message} ${JSON.stringify(fields)}`)
  const desk = openMailDesk({
    ...{ db, instance: 'one', publicUrl: 'https://cloud.example.com', random: () => 0, ...more },
    ...{ mailer: openMailer(url, 'noreply@example.org', TIMES), log: { info: line, warn: line } },
    now: () => epochMs(clock.now),
  })
  onTestFinished(() => desk.close())
  return { desk, clock, lines }
}

const put = (db: CloudDb, id: string, to = `${id}@example.com`, claim?: string) =>
  enqueueMail(db, activationMail(to, { licenceId: id, plan: 'pro', claim }), LICENCE_NOW)

describeOnBothDatabases('the sender of mails', (open) => {
  it('sends each mail once, with the link that is made at that moment and stored nowhere', async () => {
    const { db } = await open()
    const sink = await smtpSink()
    const linkOf = (claim: string) => `https://cloud.example.com/claim#secret-${claim}`
    const { desk, lines } = deskOn(db, sink.url, { linkOf })
    await put(db, 'a', 'a@example.com', 'c1')
    await put(db, 'b')
    expect(await desk.sendDue()).toBe(2)
    expect(await desk.sendDue()).toBe(0)
    expect(sink.mails.map(({ to }) => to[0])).toEqual(['a@example.com', 'b@example.com'])
    expect(sink.mails[0]!.raw.replaceAll('=\r\n', '')).toContain('claim#secret-c1')
    const stored = JSON.stringify(await db.selectFrom('mails').selectAll().execute())
    expect(stored).not.toContain('secret-c1')
    expect(lines.join()).not.toMatch(/example\.com|secret/)
  })

  it('tries again, later each time, where the mail server is down, and does not knock for every mail', async () => {
    const { db } = await open()
    const { desk, clock } = deskOn(db, 'smtp://127.0.0.1:1')
    for (const id of ['a', 'b', 'c']) await put(db, id)
    expect(await desk.sendDue()).toBe(0)
    const tries = async () =>
      (await db.selectFrom('mails').select('attempts').orderBy('id').execute()).map((row) => row.attempts)
    expect(await tries()).toEqual([1, 0, 0])
    clock.now += MINUTE
    for (let round = 0; round < 3; round++) await desk.sendDue()
    expect(await tries()).toEqual([2, 1, 1])
    expect(await countMails(db)).toEqual({ waiting: 3, sent: 0, givenUp: 0 })
  })

  it('gives up a mail that is refused for good, waits with one that is refused for now, and sends the others', async () => {
    const { db } = await open()
    let busy = true
    const sink = await smtpSink({
      recipient(address) {
        if (address.startsWith('gone')) throw answered(550)
        if (address.startsWith('busy') && busy) throw answered(451)
      },
    })
    const { desk, clock } = deskOn(db, sink.url)
    for (const id of ['gone', 'busy', 'fine']) await put(db, id)
    expect(await desk.sendDue()).toBe(1)
    expect(await countMails(db)).toEqual({ waiting: 1, sent: 1, givenUp: 1 })
    busy = false
    expect(await desk.sendDue()).toBe(0)
    clock.now += MINUTE
    expect(await desk.sendDue()).toBe(1)
    const problems = await db.selectFrom('mails').select(['id', 'problem', 'attempts']).orderBy('id').execute()
    expect(problems).toEqual([
      { id: 'activation:busy', problem: null, attempts: 2 },
      { id: 'activation:fine', problem: null, attempts: 1 },
      { id: 'activation:gone', problem: 'RCPT TO was answered 550', attempts: 1 },
    ])
  })

  it('ends its wait for a server that is slow, and stops at once when it is told to', async () => {
    const { db } = await open()
    const sink = await smtpSink({ data: () => new Promise(() => undefined) })
    const { desk, lines } = deskOn(db, sink.url)
    await put(db, 'a')
    expect(await desk.sendDue()).toBe(0)
    expect(lines.join()).toContain('mail-waits')
    expect(await countMails(db)).toMatchObject({ waiting: 1 })
  })

  it('gives up what is three days old: it tells nothing new', async () => {
    const { db } = await open()
    const sink = await smtpSink()
    const { desk, clock } = deskOn(db, sink.url)
    await put(db, 'a')
    clock.now += 3 * DAY + 1
    expect(await desk.sendDue()).toBe(0)
    expect(await countMails(db)).toEqual({ waiting: 0, sent: 0, givenUp: 1 })
    expect(sink.mails).toEqual([])
  })

  it('is one instance, and another goes on when it is gone', async () => {
    const opened = await open()
    const other = await opened.again()
    const sink = await smtpSink({ data: () => new Promise((done) => setTimeout(done, 20)) })
    for (let number = 0; number < 6; number++) await put(opened.db, `m${number}`)
    const one = deskOn(opened.db, sink.url)
    const two = deskOn(other.db, sink.url, { instance: 'two' })
    const sent = await Promise.all([one.desk.sendDue(), two.desk.sendDue()])
    expect(sent.toSorted()).toEqual([0, 6])
    expect(new Set(sink.mails.map(({ to }) => to[0])).size).toBe(6)
  })

  it('sends again under the same name where it was killed between the server’s yes and its own note', async () => {
    const opened = await open()
    const sender: { child?: ChildProcess } = {}
    const sink = await smtpSink({
      data() {
        if (sender.child?.exitCode === null) sender.child.kill('SIGKILL')
      },
    })
    await put(opened.db, 'a')
    const program = programOf('mail-sender')
    const args = [program, JSON.stringify(opened.options), sink.url, String(LICENCE_NOW)]
    const child = (sender.child = spawn(process.execPath, args, { stdio: 'ignore' }))
    await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
    expect(await countMails(opened.db)).toEqual({ waiting: 1, sent: 0, givenUp: 0 })

    const { desk, clock } = deskOn(opened.db, sink.url)
    expect(await desk.sendDue()).toBe(0)
    clock.now += 3 * MINUTE
    expect(await desk.sendDue()).toBe(1)
    expect(await countMails(opened.db)).toEqual({ waiting: 0, sent: 1, givenUp: 0 })
    const names = sink.mails.map(({ raw }) => /^Message-ID: .*$/im.exec(raw)?.[0])
    expect(names).toHaveLength(2)
    expect(names[1]).toBe(names[0])
  })
})

describeOnBothDatabases('the reminders of licences', (open) => {
  it('come 14 and 3 days before the end and on the day, once each, and again for another end', async () => {
    const { db } = await open()
    const sink = await smtpSink()
    const { desk, clock } = deskOn(db, sink.url)
    const { id } = await makeLicence(db, { days: 30, email: 'trader@example.com' })
    for (let day = 0; day < 33; day++) {
      await desk.remind()
      await desk.remind()
      await desk.sendDue()
      clock.now += DAY
    }
    const mails = await db.selectFrom('mails').select('id').orderBy('created_at').execute()
    expect(mails.map((mail) => mail.id.split(':')[2])).toEqual(['14', '3', '0'])
    expect(sink.mails).toHaveLength(3)
    await db
      .updateTable('licences')
      .set({ expires_at: clock.now + 3 * DAY })
      .where('id', '=', id)
      .execute()
    expect(await desk.remind()).toBe(1)
  })
})
