import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { asStorageRefusal } from '../../../adapters/file/replace-file.ts'
import { refuse } from '../../../domain/failure/refusal.ts'

/** What a new strategy is copied from: an example that works and its test. */
const TEMPLATE = 'ma-cross'
const TITLE = 'Moving-average cross'
const TYPES = 'slipway-strategy.d.ts'

/** The examples: beside this program where it is bundled, else in the checkout. */
function exampleFile(name: string): string {
  const isSource = import.meta.filename.endsWith('.ts')
  const examples = isSource
    ? resolve(import.meta.dirname, '..', '..', '..', '..', 'resources', 'examples', 'strategies')
    : join(import.meta.dirname, 'strategies')
  return readFileSync(join(examples, name), 'utf8')
}

/**
 * Writes a strategy to begin with, its test and the types of both. A file that exists is left alone.
 *
 * @returns the files, the strategy first
 * @throws {Refused} strategy-invalid: there is one of that name; home-read-only or disk-full
 */
export function writeStrategy(folder: string, name: string, language: 'ts' | 'js'): readonly string[] {
  const taken = ['.ts', '.mts', '.js', '.mjs', '.cjs', ''].map((end) => join(folder, name + end)).find(existsSync)
  if (taken !== undefined)
    refuse('strategy-invalid', `There is a strategy ${name} already: ${taken}.`, 'Choose another name, or delete it.')
  const from = language === 'js' ? 'javascript/' : ''
  const named = (text: string) =>
    text
      .replaceAll(`'${TEMPLATE}'`, `'${name}'`)
      .replaceAll(`./${TEMPLATE}.`, `./${name}.`)
      .replace(`'${TITLE}'`, `'${titleOf(name)}'`)
  const types = join(folder, TYPES)
  const texts = new Map([
    [join(folder, `${name}.${language}`), named(exampleFile(`${from}${TEMPLATE}.${language}`))],
    [join(folder, `${name}.test.${language}`), named(exampleFile(`${from}${TEMPLATE}.test.${language}`))],
    [types, exampleFile(TYPES)],
  ])
  // Without it, Node would have to guess what a file is.
  const manifest = join(folder, 'package.json')
  if (!existsSync(manifest)) texts.set(manifest, '{ "private": true, "type": "module" }\n')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const [file, text] of texts) writeFileSync(file, text, { flag: file === types ? 'w' : 'wx' })
  } catch (error) {
    throw asStorageRefusal(error, folder)
  }
  return [...texts.keys()]
}

function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
