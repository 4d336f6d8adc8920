import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAlive, launched, type Launched } from '../../support/launched.ts'
import { programOf } from '../../support/programs/programs.ts'
import { repoRoot } from '../../support/repo-root.ts'

describe('a restart', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched({ program: { node: process.execPath, entry: programOf('bot'), env: process.env } })
  })
  afterEach(async () => {
    await home.client.api.bots.stop({ all: true })
    await home.close()
  })
  const api = () => home.client.api
  const add = (options: { symbol?: string; strategy?: string }) =>
    api().accounts.add({ accountId: 'A1', user: 'alice', symbol: 'MES', feed: 'synthetic:1', ...options })
  const start = async () => (await api().bots.start({ ids: ['A1'], wait: true }))[0]!
  const restart = async () => (await api().bots.restart({ ids: ['A1'], wait: true }))[0]!

  /** Refused as a start is, to the word; the bot that runs is left as it was. */
  const expectLeft = async (pid: number | null, code: string) => {
    const refused = await restart()
    expect(refused).toMatchObject({ outcome: 'refused', state: 'trading', pid, refusal: { code } })
    expect(isAlive(pid!)).toBe(true)
    expect(await api().status({ id: 'A1' })).toMatchObject([{ state: 'trading', pid }])
    await api().bots.stop({ ids: ['A1'] })
    expect((await start()).refusal).toEqual(refused.refusal)
  }

  it('is refused before the bot is ended where a start would be refused for its bars', async () => {
    await add({})
    const { pid } = await start()
    await api().accounts.edit({ id: 'A1', set: ['feed=replay:max'] })
    await expectLeft(pid, 'data-missing')
  })

  it('is refused before the bot is ended where its instrument is gone', async () => {
    const own = {
      ...{ symbol: 'OWN-X', name: 'Ours', kind: 'future', exchange: 'EUREX', currency: { code: 'EUR', digits: 2 } },
      ...{ tickSize: '1', tickValue: '25.00', lotSize: '25', calendar: 'none' },
      session: { zone: 'Europe/Berlin', open: '01:10', close: '22:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'] },
    }
    const file = join(home.layout.root, 'instruments.json')
    writeFileSync(file, JSON.stringify({ instruments: [own] }))
    await add({ symbol: 'OWN-X' })
    const { pid } = await start()
    writeFileSync(file, JSON.stringify({ instruments: [] }))
    await expectLeft(pid, 'symbol-unknown')
  })

  it('is refused before the bot is ended where the file of holidays is wrong', async () => {
    await add({ symbol: 'CL' })
    const { pid } = await start()
    writeFileSync(home.layout.holidaysFile, JSON.stringify({ calendars: [{ calendar: 'cme' }] }))
    await expectLeft(pid, 'holiday-file-invalid')
  })

  it('is refused before the bot is ended where its strategy can’t be loaded any more and nothing is held', async () => {
    const file = join(home.layout.root, 'smallest.js')
    cpSync(join(repoRoot, 'resources', 'examples', 'strategies', 'smallest.js'), file)
    await add({ strategy: file })
    const { pid } = await start()
    writeFileSync(file, 'export default {')
    await expectLeft(pid, 'strategy-invalid')
  })

  it('gives the account a new bot where nothing stands against it', async () => {
    await add({})
    const { pid } = await start()
    await api().accounts.edit({ id: 'A1', set: ['feed=synthetic:2'] })
    const after = await restart()
    expect(after).toMatchObject({ outcome: 'trading' })
    expect(after.pid).not.toBe(pid)
    expect(isAlive(pid!)).toBe(false)
  })
})
