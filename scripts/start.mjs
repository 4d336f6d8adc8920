// Builds what is stale and becomes the launcher. Run through `npm start`.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './checkout/build.mjs'
import { dist } from './checkout/paths.mjs'
import { runOnPinnedNode } from './checkout/pinned-node.mjs'
import { report } from './checkout/trouble.mjs'

try {
  await ensureBuilt()
} catch (error) {
  process.exit(report(error))
}
const code = await runOnPinnedNode(pathToFileURL(join(dist, 'launcher.mjs')), process.argv.slice(2))
if (code !== undefined) process.exitCode = code
