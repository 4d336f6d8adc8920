import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findPlugIn } from '../../../src/adapters/strategy-host/find-plug-in.ts'
import { tempHome } from '../../support/temp-home.ts'

/** A package in a folder with blanks in its name, with these files beside its package.json. */
function packageOf(manifest: object, files: readonly string[]): string {
  const folder = join(tempHome(), 'my strategies', 'cross')
  for (const file of ['package.json', ...files]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), file === 'package.json' ? JSON.stringify(manifest) : 'export default {}')
  }
  return folder
}

const entryOf = (folder: string) => {
  const found = findPlugIn({ strategies: dirname(folder) }, 'cross')
  return found && ('code' in found ? found.message : found.entry)
}

describe('the folder of an npm package', () => {
  it.each([
    [{ main: 'dist/cross.js' }, 'dist/cross.js'],
    [{ main: './dist/cross' }, 'dist/cross.js'],
    [{ main: 'dist' }, 'dist/index.js'],
    [{ main: './dist/' }, 'dist/index.js'],
    [{ exports: { '.': { types: './cross.d.ts', import: { default: './cross.mjs' } } } }, 'cross.mjs'],
    [{}, 'index.ts'],
  ])('that says %j is loaded from %s', (manifest, file) => {
    const folder = packageOf(manifest, [file])
    expect(entryOf(folder)).toBe(join(folder, file))
  })

  it('that names a file which is not there is refused with its name', () => {
    const folder = packageOf({ main: 'lib/cross' }, ['index.js'])
    expect(entryOf(folder)).toBe(`${join(folder, 'package.json')} names the file lib/cross, which is not there.`)
  })

  it('whose exports name a file without its ending is refused: Node would not find it', () => {
    expect(entryOf(packageOf({ exports: './cross' }, ['cross.js']))).toMatch(
      /names the file \.\/cross, which is not there/,
    )
  })
})
