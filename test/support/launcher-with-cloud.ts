import { join } from 'node:path'
import { runLauncher } from '../../src/apps/launcher/run-launcher.ts'

const beside = (file: string) => join(import.meta.dirname, file)

/** The launcher's own program with bots and a local cloud of its own. Bundled beside them. */
process.exit(await runLauncher({ bot: beside('bot.cjs'), cloud: beside('cloud.mjs'), renderer: beside('none') }))
