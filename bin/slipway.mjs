#!/usr/bin/env node
// `npx slipway …` in a checkout: makes sure the bundles are there and current, then is dist/cli.mjs on the pinned Node.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from '../scripts/checkout/build.mjs'
import { ensureInstalled } from '../scripts/checkout/install.mjs'
import { dist } from '../scripts/checkout/paths.mjs'
import { runOnPinnedNode } from '../scripts/checkout/pinned-node.mjs'
import { report, say } from '../scripts/checkout/trouble.mjs'

const program = join(dist, 'cli.mjs')

try {
  await ensureInstalled()
  await ensureBuilt()
} catch (error) {
  const code = report(error)
  if (!existsSync(program)) process.exit(code)
  // Stopping or flattening bots must stay possible while somebody's edit does not build.
  say('slipway: going on with the last version that could be built.')
}
const code = await runOnPinnedNode(pathToFileURL(program), process.argv.slice(2))
if (code !== undefined) process.exitCode = code
