import { join } from 'node:path'
import { runLauncher } from '../../src/apps/launcher/run-launcher.ts'

/** The launcher's own program, but its bots are fakes. Bundled beside them. */
process.exit(
  await runLauncher({ bot: join(import.meta.dirname, 'fake-bot.mjs'), renderer: join(import.meta.dirname, 'none') }),
)
