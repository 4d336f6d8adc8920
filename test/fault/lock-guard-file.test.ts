import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openHome } from '../../src/adapters/home/open-home.ts'
import { holdExclusively, probeExclusive } from '../../src/adapters/lock/exclusive-file.ts'
import { ACCOUNT, recordOf, refusalOf, startHolder } from '../support/guard-fleet.ts'
import { repoRoot } from '../support/repo-root.ts'
import { tempHome } from '../support/temp-home.ts'

/** Path below src/, with slashes, and text, of every source. */
const SOURCES = globSync('src/**/*.{ts,tsx}', { cwd: repoRoot }).map(
  (path) => [path.replaceAll('\\', '/').slice('src/'.length), readFileSync(join(repoRoot, path), 'utf8')] as const,
)
/** Every way a source can name a guard's file or folder. */
const NAMES_A_GUARD = /\.guard\(|\.guards\b|\blauncherGuard\b|\bguardRepair\b|['"`/]guard['"`/]/
/** What may touch a guard beside SQLite, and with what: by name only, so that no descriptor is ever opened. */
const ALLOWED = {
  'adapters/home/layout.ts': [],
  'adapters/home/open-home.ts': ['accessSync', 'chmodSync', 'constants', 'lstatSync', 'mkdirSync', 'statSync'],
  'adapters/lock/account-guard.ts': [],
  'adapters/lock/exclusive-file.ts': ['statSync'],
  // Writes a file of its own name into the guards' folder, to learn why SQLite could not.
  'adapters/lock/guard-refusals.ts': ['rmSync', 'writeFileSync'],
  'adapters/lock/heal-guard.ts': ['mkdirSync', 'renameSync', 'statSync'],
  // Makes the folder where there is none yet.
  'adapters/lock/while-free.ts': ['mkdirSync'],
  'adapters/lock/who-holds.ts': [],
  // Tells a person where it is, and opens no file at all.
  'apps/launcher/api/locks.ts': [],
} as const satisfies Record<string, readonly string[]>

describe('L11: the file of a guard', () => {
  it('is named by the lock and by nothing else', () => {
    expect(SOURCES.length).toBeGreaterThan(20)
    const naming = SOURCES.filter(([, text]) => NAMES_A_GUARD.test(text)).map(([path]) => path)
    expect(naming.filter((path) => !(path in ALLOWED))).toEqual([])
  })

  it.each(Object.entries(ALLOWED))('is not opened by %s', (path, allowed) => {
    const text = SOURCES.find(([it]) => it === path)?.[1] ?? ''
    expect(text).not.toBe('')
    expect(importedFrom(text, 'fs').filter((name) => !(allowed as readonly string[]).includes(name))).toEqual([])
  })

  it('is opened by one SQLite only, since a second one in the process would drop the lock of the first', () => {
    const others = SOURCES.filter(([, text]) => /['"]node:sqlite['"]|['"]sqlite3['"]|sql\.js/.test(text))
    expect(others.map(([path]) => path)).toEqual([])
    const copies = globSync(['node_modules/better-sqlite3', 'node_modules/**/node_modules/better-sqlite3'], {
      cwd: repoRoot,
    })
    expect(copies).toHaveLength(1)
  })

  it('is not reached by copying the home as a whole', () => {
    const copying = SOURCES.filter(([, text]) => /\bcp(Sync)?\s*\(/.test(text)).map(([path]) => path)
    expect(copying).toEqual([])
  })

  it.skipIf(!existsSync('/proc/self/fd'))(
    'has one descriptor in its holder, and few however often it looks',
    async () => {
      const layout = openHome(tempHome())
      const holder = await startHolder({ home: layout.root })
      expect(await holder.order('descriptors')).toMatchObject({ guard: 1 })
      const counts: unknown[] = []
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 20; i++) expect(await holder.order('probe')).toMatchObject({ kind: 'alive' })
        counts.push(((await holder.order('descriptors')) as { guard: number }).guard)
      }
      expect(new Set(counts).size).toBe(1)
      expect(probeExclusive(layout.guard(ACCOUNT))).toBe('held')
    },
  )

  it('stays locked when its own holder looks who holds it, or tries for it again', async () => {
    const layout = openHome(tempHome())
    const path = layout.guard(ACCOUNT)
    const mine = holdExclusively(path)
    expect(mine.kind).toBe('held')
    for (let i = 0; i < 100; i++) {
      expect(probeExclusive(path)).toBe('held')
      expect(holdExclusively(path).kind).toBe('busy')
    }
    expect(refusalOf(await startHolder({ home: layout.root })).code).toBe('account-held')
    if (mine.kind === 'held') mine.hold.free()
    expect((await startHolder({ home: layout.root })).answer.kind).toBe('held')
  })

  it.skipIf(process.platform === 'win32')(
    'loses its lock to a careless reader in the holder, and even then lets no second bot in',
    async () => {
      const layout = openHome(tempHome())
      const holder = await startHolder({ home: layout.root })
      expect(probeExclusive(layout.guard(ACCOUNT))).toBe('held')
      await holder.order('touch')
      expect(probeExclusive(layout.guard(ACCOUNT))).toBe('free')

      const second = await startHolder({ home: layout.root })
      expect(refusalOf(second)).toMatchObject({
        code: 'account-held',
        message: expect.stringContaining(`process ${recordOf(holder).pid}`),
      })
      expect(await second.exitCode()).toBe(3)
    },
  )
})

/** The names a source imports from a Node module, `*` for all of it. */
function importedFrom(text: string, module: string): string[] {
  const from = `['"](?:node:)?${module}(?:/promises)?['"]`
  const imports = text.matchAll(new RegExp(`import\\s+(?:type\\s+)?(\\{[^}]*\\}|[^;{'"]+?)\\s+from\\s+${from}`, 'g'))
  const names = [...imports].flatMap(([, what = '']) =>
    what.startsWith('{')
      ? what
          .replace(/[{}\s]/g, '')
          .split(',')
          .filter(Boolean)
      : ['*'],
  )
  return new RegExp(`(import|require)\\s*\\(\\s*${from}`).test(text) ? [...names, '*'] : names
}
