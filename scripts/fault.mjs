// Kills real bots while they order, round after round. Run through `npm run fault -- --rounds N [--seed S]`.
import { join } from 'node:path'
import { runInForeground } from './checkout/child.mjs'
import { pinnedNode, root } from './checkout/paths.mjs'
import { report } from './checkout/trouble.mjs'

try {
  const driver = join(root, 'test', 'fault', 'orders', 'drive.ts')
  process.exitCode = await runInForeground(pinnedNode, [driver, ...process.argv.slice(2)], {
    cwd: root,
    env: process.env,
  })
} catch (error) {
  process.exitCode = report(error)
}
