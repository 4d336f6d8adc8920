/** A process that keeps the local cloud of a home, as a launcher does: `node keep-local-cloud.ts HOME PROGRAM`. */
import { openHome } from '../../src/adapters/home/open-home.ts'
import { keepLocalCloud } from '../../src/apps/launcher/local-cloud.ts'

const [home, entry] = process.argv.slice(2)
const cloud = keepLocalCloud({
  layout: openHome(home!),
  program: { node: process.execPath, entry: entry!, env: process.env },
  log: { info: () => undefined, warn: (_, message) => process.stderr.write(`${message}\n`) },
  elapsed: () => performance.now(),
})
const timer = setInterval(() => {
  const state = cloud.state()
  if (state.kind !== 'running') return
  clearInterval(timer)
  process.stdout.write(`${state.pid}\n`)
}, 20)
setInterval(() => undefined, 60_000)
