import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { followCalendar } from '../../../../src/adapters/calendar/known-calendar.ts'
import { insertAdminKey } from '../../../../src/adapters/cloud-db/admin-records.ts'
import { openCloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { newSecretKey } from '../../../../src/adapters/cloud-db/secret-keys.ts'
import { openHome } from '../../../../src/adapters/home/open-home.ts'
import { keepCloudCalendar } from '../../../../src/apps/launcher/cloud/cloud-calendar.ts'
import { hearCloud } from '../../../../src/apps/launcher/cloud/hear-cloud.ts'
import { openCloudLink } from '../../../../src/apps/launcher/cloud/cloud-link.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { askCloud, servedCloud } from '../../../support/running-cloud.ts'
import { tempHome } from '../../../support/temp-home.ts'

it('an emergency declared at the cloud reaches the bots of a computer within moments, and so does its end', async () => {
  const layout = openHome(tempHome())
  const { folder } = await servedCloud({
    deployment: 'embedded',
    listen: { endpoint: layout.cloudEndpoint },
    settings: {
      ...{ smtpUrl: undefined, mailFrom: undefined, stripeSecret: undefined, publicUrl: undefined },
      calendarPages: 'none',
    },
  })
  const database = await openCloudDb({ kind: 'sqlite', file: join(folder, 'cloud.db') })
  const { key, hash } = newSecretKey('sla_')
  const now = () => epochMs(Date.now())
  await insertAdminKey(database.db, { id: 'adm_1', hash, label: 'ops', role: 'calendar' }, now())
  await database.close()
  const admin = (path: string, body: unknown) =>
    askCloud(layout.cloudEndpoint, path, { body, headers: { authorization: `Bearer ${key}` } })

  const lines: string[] = []
  const log = { info: (event: string) => void lines.push(event), warn: (event: string) => void lines.push(event) }
  const link = openCloudLink({ layout, version: '1.0.0', log, userId: () => '0123456789ab' })
  const kept = keepCloudCalendar({ layout, link, log, now, random: () => 0 })
  const [random, userId, holders] = [() => 0, () => '0123456789ab', () => []]
  const ear = hearCloud({ layout, link, log, random, lookMs: 200, userId, holders }, [kept])
  onTestFinished(async () => {
    await ear.close()
    await kept.close()
    link.close()
  })
  const bot = followCalendar(layout)
  await expect.poll(() => lines, { timeout: 20_000 }).toContain('calendar-stored')
  expect(bot.now().releases().events.length).toBeGreaterThan(80)
  // Until it listens, pushes can't be heard.
  await new Promise((later) => setTimeout(later, 3_000))

  const { status, body } = await admin('/api/admin/emergencies', { note: 'the exchange is down', minutes: 60 })
  expect(status).toBe(200)
  await expect.poll(() => bot.now().emergencies, { timeout: 10_000 }).toMatchObject([{ note: 'the exchange is down' }])
  await admin('/api/admin/emergencies/withdraw', { id: (body as { id: string }).id })
  await expect.poll(() => bot.now().emergencies, { timeout: 10_000 }).toEqual([])
  expect(lines.filter((event) => event !== 'calendar-stored')).toEqual([])

  await admin('/api/admin/emergencies', { note: 'and again', minutes: 60 })
  await expect.poll(() => bot.now().emergencies, { timeout: 10_000 }).toHaveLength(1)
  await link.use({ kind: 'none' })
  await expect.poll(() => bot.now().emergencies, { timeout: 20_000 }).toEqual([])
  expect(lines).toContain('calendar-forgotten')
})
