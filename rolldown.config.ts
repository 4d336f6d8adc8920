import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { slimWinston } from './src/adapters/log/slim-winston.ts'
import { slimAxios } from './src/adapters/http/slim-axios.ts'
import { slimSqlite } from './src/adapters/sqlite/slim-sqlite.ts'
import { defineConfig, type Plugin, type PreRenderedChunk, type RolldownOptions } from 'rolldown'

const sourceOf = (app: string) => fileURLToPath(new URL(`src/apps/${app}/main.ts`, import.meta.url))

/**
 * Wraps each program in an entry that switches Node's compile cache on before the program's own code is loaded.
 *
 * The cache lies beside the bundles, so a new build never meets an old cache. A bot lives for weeks and Node writes the
 * cache only at exit, hence the one early flush, once start-up has compiled what start-up needs.
 *
 * @param sources the file of each program
 */
function compileCacheEntries(format: 'esm' | 'cjs', sources: Readonly<Record<string, string>>): Plugin {
  const prefix = '\0entry:'
  return {
    name: 'compile-cache-entries',
    resolveId: { filter: { id: /^entry:/ }, handler: (id) => `\0${id}` },
    load: {
      filter: { id: /^\0entry:/ },
      handler(id) {
        const source = JSON.stringify(sources[id.slice(prefix.length)])
        return format === 'cjs'
          ? `
          const { enableCompileCache, flushCompileCache } = require('node:module')
          enableCompileCache(__dirname + '/.compile-cache')
          setTimeout(flushCompileCache, 5000).unref()
          import(${source})
        `
          : `
          import { enableCompileCache, flushCompileCache } from 'node:module'
          enableCompileCache(import.meta.dirname + '/.compile-cache')
          setTimeout(flushCompileCache, 5000).unref()
          await import(${source})
        `
      },
    },
  }
}

/** Files that `slipway strategy new` copies, beside the bundle. */
const STRATEGY_FILES = [
  ...['slipway-strategy.d.ts', 'ma-cross.ts', 'ma-cross.test.ts'],
  ...['javascript/ma-cross.js', 'javascript/ma-cross.test.js'],
]

function strategyFiles(): Plugin {
  return {
    name: 'strategy-files',
    generateBundle() {
      for (const file of STRATEGY_FILES) {
        const from = new URL(`resources/examples/strategies/${file}`, import.meta.url)
        this.emitFile({ type: 'asset', fileName: `strategies/${file}`, source: readFileSync(from, 'utf8') })
      }
    },
  }
}

/** Packages that others use where somebody has installed them; as imports of a bundle they would have to be there. */
const OPTIONAL = ['pg-native', '@node-rs/xxhash']

function withoutOptional(): Plugin {
  const absent = '\0absent:'
  return {
    name: 'without-optional',
    resolveId: {
      filter: { id: /^(pg-native|@node-rs\/)/ },
      handler: (id) => (OPTIONAL.includes(id) ? absent + id : null),
    },
    load: {
      filter: { id: /^\0absent:/ },
      handler: (id) => `throw new Error('not installed: ${id.slice(absent.length)}')`,
    },
  }
}

/** A single letter beyond Latin-1 makes V8 keep the whole source with two bytes for each: half a megabyte of a bot. */
function asciiOnly(): Plugin {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return {
    name: 'ascii-only',
    // After the minifier, which writes letters as they are.
    generateBundle(_options, files) {
      for (const file of Object.values(files))
        if (file.type === 'chunk') file.code = file.code.replaceAll(/[\u0080-\uffff]/g, escaped)
    },
  }
}

const LOG_WORKER = new URL('src/adapters/log/reader/log-worker.ts', import.meta.url)

const extensionOf = { esm: 'mjs', cjs: 'cjs' } as const

/** An app's own chunk is named for the app, any other as the bundler would. */
function chunkName(chunk: PreRenderedChunk): string {
  const app = chunk.facadeModuleId?.match(/apps[\\/](\w+)[\\/]main\.ts$/)?.[1]
  return app ? `${app}-main` : '[name]'
}

const bundle = (format: 'esm' | 'cjs', ...apps: readonly string[]): RolldownOptions =>
  bundleOf(format, Object.fromEntries(apps.map((app) => [app, sourceOf(app)])))

/** Programs that share chunks. @param sources the file of each */
export const bundleOf = (format: 'esm' | 'cjs', sources: Readonly<Record<string, string>>): RolldownOptions => ({
  input: Object.fromEntries(Object.keys(sources).map((name) => [name, `entry:${name}`])),
  platform: 'node',
  // better-sqlite3 finds its prebuilt binary, and ps-list its Windows helper, beside their own files.
  external: [/^node:/, 'better-sqlite3', 'ps-list', /^@napi-rs\/keyring/],
  transform: { target: 'node24', define: { 'process.env.NODE_ENV': '"production"' } },
  plugins: [slimWinston(), withoutOptional(), compileCacheEntries(format, sources)],
  output: {
    dir: 'dist',
    format,
    entryFileNames: `[name].${extensionOf[format]}`,
    // Flat, so that `import.meta.dirname` is the bundle folder in every chunk.
    chunkFileNames: (chunk) => `${chunkName(chunk)}-[hash].${extensionOf[format]}`,
    // Names of functions and classes stay: they are what a stack trace in a log says.
    minify: { compress: { keepNames: { function: true, class: true } }, mangle: { keepNames: true } },
    comments: { legal: false },
  },
})

function withSlimSqlite(options: RolldownOptions): RolldownOptions {
  const root = fileURLToPath(new URL('node_modules/better-sqlite3/', import.meta.url))
  return {
    ...options,
    external: [/^node:/, 'ps-list'],
    plugins: [slimSqlite(root), slimAxios(), options.plugins, asciiOnly()],
  }
}

/** The desktop window's own programs. CommonJS, so that all of it has run before Electron is ready. */
function shellBundle(name: string, part: string): RolldownOptions {
  const usual = bundle('cjs')
  const input = { [name]: fileURLToPath(new URL(`src/apps/shell/${part}.ts`, import.meta.url)) }
  const { output: outputs } = usual
  const output = { ...(Array.isArray(outputs) ? outputs[0] : outputs), codeSplitting: false }
  return { ...usual, input, output, external: [/^node:/, 'electron'], plugins: [] }
}

export default defineConfig([
  // Alone, because a bot that shared chunks would load two dozen files, with parts only the others need: a tenth of its start.
  // CommonJS, because importing a built-in module as ESM makes all of its exports, the lazy ones included: an eighth more.
  withSlimSqlite(bundle('cjs', 'bot')),
  // Without the compile cache: it may read its own code, and write nothing.
  { ...bundle('cjs'), input: { pricing: sourceOf('pricing') }, plugins: [] },
  // A plug-in's own code must not end up in our cache.
  { ...bundle('esm'), input: { plugin: sourceOf('plugin') }, plugins: [strategyFiles()] },
  { ...bundle('esm'), input: { 'plugin-look': sourceOf('plugin-look') }, plugins: [] },
  // A thread of the launcher; alone, so that it loads nothing of it.
  { ...bundle('esm'), input: { 'log-worker': fileURLToPath(LOG_WORKER) }, plugins: [] },
  // Alone: what launcher and command line share must not load a server.
  bundle('esm', 'cloud'),
  bundle('esm', 'launcher', 'cli'),
  // One file each: the app's archive holds these two and nothing of an older build.
  shellBundle('shell', 'main'),
  shellBundle('shell-hop', 'hop'),
])
