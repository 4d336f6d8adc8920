/**
 * A rolldown plugin that bundles what better-sqlite3 has in JavaScript and loads its prebuilt library directly.
 *
 * Sixteen small files less to find, and no search for the library: 8 ms of a bot's start. Where the library is not where
 * the package ships it (one that was compiled on this machine, a musl system), the package is used as it is.
 */
const SQLITE = `
  const { existsSync, readFileSync } = require('node:fs')
  const { join } = require('node:path')
  const root = join(__dirname, '..', 'node_modules', 'better-sqlite3')
  const shipped = join(root, 'prebuilds', process.platform + '-' + process.arch + '.node')

  function isMusl() {
    if (process.platform !== 'linux') return false
    try {
      return /\\/ld-musl-/.test(readFileSync('/proc/self/maps', 'latin1'))
    } catch {
      return true
    }
  }

  let addon
  function load() {
    const it = { exports: {} }
    process.dlopen(it, shipped)
    return (addon = it.exports)
  }

  if (existsSync(join(root, 'build')) || !existsSync(shipped) || isMusl()) module.exports = require('better-sqlite3')
  else {
    module.exports = require('better-sqlite3/lib/database.js')(() => addon ?? load(), false)
    module.exports.SqliteError = require('better-sqlite3/lib/sqlite-error.js')
  }
`

/** @param packageRoot the folder of better-sqlite3, with a slash at its end */
export function slimSqlite(packageRoot: string) {
  const own = '\0slim-sqlite.cjs'
  return {
    name: 'slim-sqlite',
    resolveId: {
      filter: { id: /^better-sqlite3(\/lib\/|$)/ },
      handler(id: string, importer: string | undefined) {
        // Its own parts are no entry points of the package.
        if (id.startsWith('better-sqlite3/lib/')) return packageRoot + id.slice('better-sqlite3/'.length)
        return importer === own ? { id, external: true } : own
      },
    },
    load: { filter: { id: /^\0slim-sqlite\.cjs$/ }, handler: () => SQLITE },
  }
}
