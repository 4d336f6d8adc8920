import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { slimWinston } from '../../../src/adapters/log/slim-winston.ts'
import { repoRoot } from '../../support/repo-root.ts'

/** The bot of the rounds as one file: it starts in a third of the time, and a thousand rounds start three thousand. */
export async function bundleMortalBot(): Promise<Readonly<{ entry: string; remove: () => void }>> {
  // Inside the checkout, where its addon is found.
  mkdirSync(join(repoRoot, 'out'), { recursive: true })
  const dir = mkdtempSync(join(repoRoot, 'out', 'rounds-'))
  const remove = () => rmSync(dir, { recursive: true, force: true })
  try {
    const bundle = await rolldown({
      input: { 'mortal-bot': join(repoRoot, 'test', 'support', 'crash', 'mortal-bot.ts') },
      platform: 'node',
      external: [/^node:/, 'better-sqlite3', 'ps-list'],
      transform: { target: 'node24' },
      plugins: [slimWinston()],
      logLevel: 'silent',
    })
    await bundle.write({ dir, format: 'esm', entryFileNames: '[name].mjs' })
    await bundle.close()
    const entry = join(dir, 'entry.mjs')
    writeFileSync(
      entry,
      `import { enableCompileCache, flushCompileCache } from 'node:module'
enableCompileCache(import.meta.dirname + '/.compile-cache')
setTimeout(flushCompileCache, 800).unref()
await import('./mortal-bot.mjs')
`,
    )
    return { entry, remove }
  } catch (error) {
    remove()
    throw error
  }
}
