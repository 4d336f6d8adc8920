import { join } from 'node:path'
import { runLauncher } from '../../src/apps/launcher/run-launcher.ts'

/** The launcher's own program with bots of its own, and without a cloud. Bundled beside them. */
process.exit(
  await runLauncher({ bot: join(import.meta.dirname, 'bot.cjs'), renderer: join(import.meta.dirname, 'none') }),
)
