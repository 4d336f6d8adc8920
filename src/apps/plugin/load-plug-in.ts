import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { dirname, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { readDescription, type StrategyDescription } from '../../domain/strategy/plug-in.ts'
import type { Strategy } from '../../domain/strategy/strategy.ts'
import { thrownText, type Fail } from './fail.ts'

const FORBIDDEN = new Set(
  ['child_process', 'cluster', 'worker_threads', 'inspector', 'inspector/promises', 'repl', 'wasi'].concat([
    'http',
    'https',
    'http2',
    'net',
    'tls',
    'dgram',
    'dns',
    'dns/promises',
  ]),
)
const API = 'slipway/strategy'

export type LoadedPlugIn = Readonly<{ strategy: Strategy; description: StrategyDescription; content: string }>

/** Loads a plug-in's file and reads what it says of itself. @returns undefined when it failed, which has been told */
export async function loadPlugIn(entry: string, fail: Fail): Promise<LoadedPlugIn | undefined> {
  const files = hookModules(dirname(entry))
  let module: { default?: unknown }
  try {
    module = (await import(pathToFileURL(entry).href)) as { default?: unknown }
  } catch (error) {
    fail({ code: 'load-failed', text: `can't be loaded: it ${loadText(error)}` })
    return undefined
  }
  const strategy = defaultOf(module)
  try {
    const description = readDescription(strategy)
    const wrong =
      strategy === undefined
        ? 'it has no default export'
        : typeof description === 'string'
          ? description
          : typeof (strategy as Strategy).open === 'function'
            ? undefined
            : 'open must be a function'
    if (wrong === undefined) return { strategy, description, content: files.hash() } as LoadedPlugIn
    fail({ code: 'shape', text: `is no strategy: ${wrong}` })
  } catch (error) {
    fail({ code: 'shape', text: `is no strategy: it ${thrownText(error)} when it was asked what it is` })
  }
  return undefined
}

/** CommonJS compiled from modules hides the default export one level deeper. */
function defaultOf(module: { default?: unknown }): unknown {
  const found = module.default
  const inner = found !== null && typeof found === 'object' && '__esModule' in found && 'default' in found
  return inner ? found.default : found
}

/**
 * Watches what is imported: keeps out what a strategy has no business with, and remembers every file, so that a change
 * of any of them is noticed.
 */
function hookModules(folder: string) {
  const seen = new Map<string, string>()
  registerHooks({
    resolve(specifier, context, next) {
      const name = specifier.replace(/^node:/, '')
      if (FORBIDDEN.has(name)) throw new Error(`a strategy may not import ${specifier}`)
      if (specifier === API) return { url: 'data:text/javascript,export{}', format: 'module', shortCircuit: true }
      return next(specifier, context)
    },
    load(url, context, next) {
      if (url.startsWith('file:')) note(url)
      return next(url, context)
    },
  })
  function note(url: string): void {
    const path = fileURLToPath(url)
    if (path.endsWith('.node')) throw new Error('a strategy may not load native code')
    const name = relative(folder, path).split(sep).join('/')
    seen.set(name, createHash('sha256').update(readFileSync(path)).digest('hex'))
  }
  return {
    hash: () => {
      const all = createHash('sha256')
      for (const [name, hash] of [...seen].sort(([a], [b]) => (a < b ? -1 : 1))) all.update(`${name}\0${hash}\n`)
      return all.digest('hex')
    },
  }
}

function loadText(error: unknown): string {
  const text = thrownText(error)
  const isTypeImport = error instanceof SyntaxError && /does not provide an export named/.test(error.message)
  return isTypeImport ? `${text}; import types with "import type { … }"` : text
}
