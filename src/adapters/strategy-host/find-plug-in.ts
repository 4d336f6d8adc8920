import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, isAbsolute, join, resolve } from 'node:path'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'
import { isRecord, looksLikePath, PLUG_IN_ENDINGS, whyNotPlugInId } from '../../domain/strategy/plug-in.ts'

/** A plug-in's place. `id` is what its folder says it is called; a path given by hand says nothing. */
export type PlugInFile = Readonly<{ entry: string; id: string | undefined }>

type Layout = Readonly<{ strategies: string }>

const MAIN_FILES = ['index.ts', 'index.mts', 'index.js', 'index.mjs', 'index.cjs']
const CHECK = 'Write one with: slipway strategy new NAME. See what there is with: slipway strategy list'

/**
 * Finds a plug-in by its name in the home's strategies folder, or by its absolute path. Symbolic links are followed.
 *
 * @returns undefined when there is none of that name; a refusal `strategy-invalid` when what is there can't be one
 */
export function findPlugIn(layout: Layout, name: string): PlugInFile | Refusal | undefined {
  if (looksLikePath(name)) {
    if (!isAbsolute(name))
      return invalid(`${JSON.stringify(name)} is not the whole path of a file.`, 'Give the whole path.')
    const entry = entryOf(name)
    return typeof entry === 'string' ? { entry, id: undefined } : (entry ?? missing(name))
  }
  if (whyNotPlugInId(name) !== undefined) return undefined
  const found = namesIn(layout.strategies).filter((file) => idOf(file) === name)
  if (found.length > 1)
    return invalid(
      `There is more than one strategy ${name} in ${layout.strategies}: ${found.join(', ')}.`,
      'Rename or delete all but one.',
    )
  const [file] = found
  if (file === undefined) return undefined
  const path = join(layout.strategies, file)
  const entry = entryOf(path)
  return typeof entry === 'string' ? { entry, id: name } : (entry ?? missing(path))
}

/** Names of all plug-ins of a home, those included that can't be loaded; in order. */
export function plugInIds({ strategies }: Layout): string[] {
  const ids = namesIn(strategies).map(idOf)
  return [...new Set(ids.filter((id) => whyNotPlugInId(id) === undefined))].sort()
}

/** A name that is not one of the home's strategies: a test beside a strategy, its types, a hidden file. */
const isBeside = (name: string) => /(^[._])|\.(test|spec)\.[cm]?[jt]s$|\.d\.[cm]?ts$|^node_modules$/.test(name)

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !isBeside(name) && (isCode(name) || isPackage(join(folder, name))))
  } catch {
    return []
  }
}

const isCode = (name: string) => (PLUG_IN_ENDINGS as readonly string[]).includes(extname(name))
const isPackage = (path: string) => statSync(join(path, 'package.json'), { throwIfNoEntry: false })?.isFile() === true
const idOf = (file: string) => (isCode(file) ? basename(file, extname(file)) : file)

/** @returns the file to load, a refusal, or undefined when there is nothing at the path */
function entryOf(path: string): string | Refusal | undefined {
  const seen = statSync(path, { throwIfNoEntry: false })
  if (!seen) return undefined
  if (seen.isFile()) {
    if (isCode(path)) return path
    return invalid(
      `${path} is no file of TypeScript or JavaScript.`,
      `Its name must end with ${PLUG_IN_ENDINGS.join(', ')}.`,
    )
  }
  if (!seen.isDirectory()) return invalid(`${path} is neither a file nor a folder.`, CHECK)
  return packageEntry(path)
}

function packageEntry(folder: string): string | Refusal {
  const file = join(folder, 'package.json')
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return invalid(
      `${file} can't be read: ${(error as Error).message}.`,
      'A folder needs a package.json that names its main file.',
    )
  }
  if (!isRecord(json)) return invalid(`${file} is no package.json.`, 'It must be an object, with "exports" or "main".')
  const isThere = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true
  const named = exported(json.exports) ?? (typeof json.main === 'string' ? mainOf(json.main, isThere) : undefined)
  const main = named ?? MAIN_FILES.find(isThere)
  if (main === undefined)
    return invalid(`${file} names no main file.`, 'Add "exports": "./NAME.ts", or call the file index.ts or index.js.')
  if (!isThere(main))
    return invalid(`${file} names the file ${main}, which is not there.`, 'Correct "exports" or "main".')
  return resolve(folder, main)
}

/** The file that "main" means: as Node has it, its ending may be left out, and a folder means its index.js. */
function mainOf(main: string, isThere: (name: string) => boolean): string {
  return [main, `${main}.js`, join(main, 'index.js')].find(isThere) ?? main
}

/** The main entry of a package's "exports", conditions looked through. */
function exported(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports
  if (!isRecord(exports)) return undefined
  for (const key of ['.', 'node', 'import', 'default', 'require']) {
    const found = exported(exports[key])
    if (found !== undefined) return found
  }
  return undefined
}

function missing(path: string): Refusal {
  return invalid(`There is no strategy at ${path}.`, 'Put the file back, or choose another strategy.')
}

function invalid(message: string, nextStep: string): Refusal {
  return refusal('strategy-invalid', message, nextStep)
}
