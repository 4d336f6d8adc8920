// Brings dist/ up to date. Run through `npm run build`.
import { ensureBuilt } from './checkout/build.mjs'
import { report } from './checkout/trouble.mjs'

try {
  await ensureBuilt()
} catch (error) {
  process.exitCode = report(error)
}
