import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { openHome } from '../../src/adapters/home/open-home.ts'
import { readLockRecord, whoHolds } from '../../src/adapters/lock/who-holds.ts'
import { ACCOUNT, killedHolderIn, recordOf, refusalOf, startHolder } from '../support/guard-fleet.ts'
import { cannot } from '../support/guard-provocation.ts'
import { tempHome } from '../support/temp-home.ts'

const ask = (layout: HomeLayout) => whoHolds({ layout, challenge: () => Promise.resolve(undefined) }, ACCOUNT)

/** What can lie where the lock record should be. */
const RECORDS: readonly (readonly [string, (path: string) => void])[] = [
  ['an empty file', (path) => writeFileSync(path, '')],
  ['garbage', (path) => writeFileSync(path, Buffer.from([0xff, 0x00, 0xfe, 0x7b]))],
  ['JSON that is no record', (path) => writeFileSync(path, '{"pid": 1}')],
  ['JSON null', (path) => writeFileSync(path, 'null')],
  ['a file of megabytes', (path) => writeFileSync(path, Buffer.alloc(5_000_000, 0x20))],
  ['a folder', (path) => mkdirSync(path)],
  ['a folder with files in it', (path) => (mkdirSync(path), writeFileSync(join(path, '.DS_Store'), 'x'))],
  ['a link to nowhere', (path) => symlinkSync('/nowhere/at/all', path)],
  ['a named pipe', (path) => spawnSync('mkfifo', [path])],
  ['a file that nobody may read', (path) => (writeFileSync(path, 'x'), chmodSync(path, 0o000))],
]

describe('L10: a damaged lock record', () => {
  it.skipIf(process.platform === 'win32').each(RECORDS)('(%s) is replaced by the next holder', async (_, damage) => {
    const layout = openHome(tempHome())
    damage(layout.lockRecord(ACCOUNT))
    expect(await ask(layout)).toEqual({ kind: 'free' })

    const holder = await startHolder({ home: layout.root })
    expect(readLockRecord(layout.lockRecord(ACCOUNT))).toEqual(recordOf(holder))
    expect(statSync(layout.lockRecord(ACCOUNT)).mode & 0o777).toBe(0o600)
  })

  it('that was cut off in the middle is replaced by the next holder', async () => {
    const layout = openHome(tempHome())
    await killedHolderIn(layout.root)
    truncateSync(layout.lockRecord(ACCOUNT), 100)
    const holder = await startHolder({ home: layout.root })
    expect(readLockRecord(layout.lockRecord(ACCOUNT))).toEqual(recordOf(holder))
  })

  it('of a living holder does not let a second one in', async () => {
    const layout = openHome(tempHome())
    await startHolder({ home: layout.root })
    for (const damage of [
      () => truncateSync(layout.lockRecord(ACCOUNT), 0),
      () => rmSync(layout.lockRecord(ACCOUNT)),
    ]) {
      damage()
      expect(await ask(layout)).toMatchObject({ kind: 'unknown' })
      const second = await startHolder({ home: layout.root })
      expect(refusalOf(second)).toMatchObject({ code: 'account-held' })
      expect(await second.exitCode()).toBe(3)
    }
  })

  it('is kept in quarantine when it was a folder', async () => {
    const layout = openHome(tempHome())
    mkdirSync(layout.lockRecord(ACCOUNT))
    writeFileSync(join(layout.lockRecord(ACCOUNT), 'notes.txt'), 'mine')
    await startHolder({ home: layout.root })
    const [kept = ''] = readdirSync(layout.quarantine)
    expect(readdirSync(join(layout.quarantine, kept))).toEqual(['notes.txt'])
  })

  it('does not come from a folder left where the unfinished record goes', async () => {
    const layout = openHome(tempHome())
    mkdirSync(`${layout.lockRecord(ACCOUNT)}.new`)
    const holder = await startHolder({ home: layout.root })
    expect(readLockRecord(layout.lockRecord(ACCOUNT))).toEqual(recordOf(holder))
    expect(lstatSync(`${layout.lockRecord(ACCOUNT)}.new`, { throwIfNoEntry: false })).toBeUndefined()
  })
})

/** What can lie where the guard should be, and still let the next holder in. */
const GUARDS: readonly (readonly [string, (path: string) => void])[] = [
  ['an empty file', (path) => writeFileSync(path, '')],
  ['a file of one byte', (path) => writeFileSync(path, 'x')],
  ['garbage', (path) => writeFileSync(path, 'garbage '.repeat(500))],
  ['a folder', (path) => mkdirSync(path)],
  ["another program's database", (path) => makeDatabase(path, 'DELETE')],
  ["another program's database in WAL mode", (path) => makeDatabase(path, 'WAL')],
  ['a garbage journal beside it', (path) => writeFileSync(`${path}-journal`, 'garbage '.repeat(500))],
  ['a folder for a journal beside it', (path) => mkdirSync(`${path}-journal`)],
  ['a garbage write-ahead log beside it', (path) => writeFileSync(`${path}-wal`, 'garbage '.repeat(500))],
]

function makeDatabase(path: string, journal: string): void {
  const db = new Database(path)
  db.pragma(`journal_mode = ${journal}`)
  db.exec('CREATE TABLE something (of TEXT)')
  db.close()
}

describe('L10: a damaged guard', () => {
  it.each(GUARDS)('(%s) still lets one holder in, and only one', async (_, damage) => {
    const layout = openHome(tempHome())
    damage(layout.guard(ACCOUNT))
    expect(await ask(layout)).toEqual({ kind: 'free' })
    const first = await startHolder({ home: layout.root })
    expect(first.answer.kind).toBe('held')
    const second = await startHolder({ home: layout.root })
    expect(refusalOf(second).message).toContain(`process ${recordOf(first).pid}`)
    expect(await ask(layout)).toMatchObject({ kind: 'unresponsive', record: recordOf(first) })
  })

  it('that is garbage is refused in plain words when it can not be mended', async () => {
    const layout = openHome(tempHome())
    writeFileSync(layout.guard(ACCOUNT), 'garbage '.repeat(500))
    writeFileSync(layout.guardRepair, 'garbage '.repeat(500))
    const holder = await startHolder({ home: layout.root })
    expect(refusalOf(holder)).toMatchObject({ code: 'guard-unavailable', message: expect.stringContaining('NOTADB') })
    expect(await holder.exitCode()).toBe(1)
  })

  it.skipIf(cannot('root'))('that can not be written lets nobody in, since it would lock nothing', async () => {
    const layout = openHome(tempHome())
    writeFileSync(layout.guard(ACCOUNT), '')
    chmodSync(layout.guard(ACCOUNT), 0o444)
    for (const folder of [layout.root, layout.locks, layout.guards]) chmodSync(folder, 0o777)
    for (const attempt of [1, 2]) {
      const holder = await startHolder({ home: layout.root, uid: 65_534 })
      expect(refusalOf(holder), `attempt ${attempt}`).toMatchObject({ code: 'home-read-only' })
    }
  })
})
