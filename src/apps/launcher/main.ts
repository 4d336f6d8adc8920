import { join, resolve } from 'node:path'
import { runLauncher } from './run-launcher.ts'

/** Where the built programs and the page are: beside this one, or in dist/ when this runs from its source. */
const programs = import.meta.filename.endsWith('.ts')
  ? resolve(import.meta.dirname, '../../../dist')
  : import.meta.dirname

process.exit(
  await runLauncher({
    bot: join(programs, 'bot.cjs'),
    renderer: join(programs, 'renderer'),
    cloud: join(programs, 'cloud.mjs'),
  }),
)
