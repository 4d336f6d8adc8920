import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'

/** One mail as the sink took it. */
export type SunkMail = Readonly<{ from: string; to: readonly string[]; raw: string }>

/** A real mail server on this computer that keeps what it takes. */
export type SmtpSink = Readonly<{ port: number; url: string; mails: readonly SunkMail[]; close(): Promise<void> }>

/** What the sink does at each step: nothing is the usual, an error with a code is its answer, and what never ends is silence. */
export type SinkTemper = Readonly<{
  connect?: () => Promise<void> | void
  recipient?: (address: string) => Promise<void> | void
  data?: (mail: SunkMail) => Promise<void> | void
}>

/** An answer of a mail server. */
export function answered(responseCode: number): Error {
  return Object.assign(new Error('secret text of the server about somebody@example.com'), { responseCode })
}

/** Ends with its test. */
export async function smtpSink(temper: SinkTemper = {}, more: SMTPServerOptions = {}): Promise<SmtpSink> {
  const mails: SunkMail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 100,
    logger: false,
    onConnect: (_session, callback) => void settled(async () => temper.connect?.(), callback),
    onRcptTo: ({ address }, _session, callback) => void settled(async () => temper.recipient?.(address), callback),
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = envelope.rcptTo.map(({ address }) => address)
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        const mail = { from, to, raw: Buffer.concat(chunks).toString('utf8') }
        const take = async () => {
          await temper.data?.(mail)
          mails.push(mail)
        }
        void settled(take, callback)
      })
    },
    ...more,
  })
  server.on('error', () => undefined)
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up))
  const { port } = server.server.address() as AddressInfo
  let closing: Promise<void> | undefined
  const close = () => (closing ??= new Promise((done) => server.close(() => done())))
  onTestFinished(close)
  return { port, url: `smtp://127.0.0.1:${port}`, mails, close }
}

async function settled(work: () => Promise<void>, callback: (error?: Error | null) => void): Promise<void> {
  try {
    await work()
    callback()
  } catch (error) {
    callback(error as Error)
  }
}
