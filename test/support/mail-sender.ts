import { openCloudDb, type CloudDbOptions } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { openMailer } from '../../src/adapters/mail/open-mailer.ts'
import { openMailDesk } from '../../src/apps/cloud/mail/mail-desk.ts'
import { epochMs } from '../../src/domain/units/units.ts'

/** A process that sends the mails of a database: node mail-sender.ts OPTIONS SMTP_URL NOW */
const [options = '', url = '', now = ''] = process.argv.slice(2)
const { db, close } = await openCloudDb(JSON.parse(options) as CloudDbOptions)
const log = { info: () => undefined, warn: () => undefined }
const mailer = openMailer(url, 'noreply@example.org')
const desk = openMailDesk({ db, mailer, instance: 'child', log, now: () => epochMs(Number(now)), random: () => 0 })
await desk.sendDue()
await desk.close()
await close()
