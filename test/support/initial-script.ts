import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { repoRoot } from './repo-root.ts'

/** All the JavaScript that the built page loads before it shows anything, gzipped as a server would, bytes. */
export function initialScriptBytes(folder = join(repoRoot, 'dist', 'renderer')): number {
  const index = readFileSync(join(folder, 'index.html'), 'utf8')
  const names = new Set([...index.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name!))
  if (names.size === 0) throw new Error('the page loads no script')
  return [...names].reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0)
}
