// Fails when a room imports what it may not, or when nothing was checked. Run through `npm run boundaries`.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cruise } from 'dependency-cruiser'
import { root } from './checkout/paths.mjs'

const ROOMS = ['src', 'renderer']

const BOT = 'src/apps/bot/main.ts'

/** Twenty bots start together and each pays for what it imports, so these stay with the launcher and command line. */
const NOT_IN_A_BOT =
  /node_modules\/(axios|@napi-rs\/[^/]+|@orpc\/[^/]+|@hono\/[^/]+|hono|ps-list|commander|papaparse)\//

/** The one way to axios: bundled slim, and loaded with the first question (test/apps/bot/start-imports.test.ts). */
const PLAIN_HTTP = 'src/adapters/http/plain-http.ts'

async function main() {
  const { values } = parseArgs({ options: { root: { type: 'string', default: root } } })
  const baseDir = resolve(values.root)
  const { forbidden, options } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'))
  const rooms = ROOMS.filter((room) => existsSync(join(baseDir, room)))
  const { output } = await cruise(rooms, { ...options, baseDir, ruleSet: { forbidden }, validate: true })

  const own = output.modules.filter(({ source }) => ROOMS.some((room) => source.startsWith(`${room}/`)))
  const problems = [
    ...output.summary.violations.map(({ from, to, rule, cycle }) => {
      const path = cycle ? cycle.map(({ name }) => name).join(' → ') : to
      return `${rule.name}: ${from} → ${path}`
    }),
    ...heavyImports(output.modules).map((path) => `bot-stays-light: ${path.join(' → ')}`),
  ]
  for (const problem of problems) console.error(problem)
  // A parser that cannot read our files sees no modules and no violation.
  if (own.length === 0) console.error('No module was checked.')
  console.log(`${own.length} modules checked, ${problems.length} violations`)
  return problems.length > 0 || own.length === 0 ? 1 : 0
}

/** Ways from the bot's entry to a package it must not load, later or at once; imports of types are not loaded. */
function heavyImports(modules) {
  const bySource = new Map(modules.map((module) => [module.source, module]))
  const cameFrom = new Map([[BOT, undefined]])
  const found = []
  for (const source of cameFrom.keys()) {
    for (const { resolved, dependencyTypes } of bySource.get(source)?.dependencies ?? []) {
      if (dependencyTypes.includes('type-only') || cameFrom.has(resolved)) continue
      if (source === PLAIN_HTTP && /node_modules\/axios\//.test(resolved)) continue
      cameFrom.set(resolved, source)
      if (NOT_IN_A_BOT.test(resolved)) found.push(pathTo(cameFrom, resolved))
    }
  }
  return found
}

function pathTo(cameFrom, end) {
  const path = []
  for (let at = end; at !== undefined; at = cameFrom.get(at)) path.unshift(at)
  return path
}

process.exitCode = await main()
