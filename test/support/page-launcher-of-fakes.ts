import { join } from 'node:path'
import { runLauncher } from '../../src/apps/launcher/run-launcher.ts'

/** The launcher's own program with the built page, but its bots are fakes. Bundled beside them. */
const renderer = process.env['SLIPWAY_TEST_RENDERER'] ?? join(import.meta.dirname, 'renderer')
process.exit(await runLauncher({ bot: join(import.meta.dirname, 'fake-bot.mjs'), renderer }))
