import { join } from 'node:path'
import { runLauncher } from '../../src/apps/launcher/run-launcher.ts'
import { repoRoot } from './repo-root.ts'

/** The launcher's own program with the built page, but its bots are fakes. */
const renderer = process.env['SLIPWAY_TEST_RENDERER'] ?? join(repoRoot, 'dist', 'renderer')
process.exit(await runLauncher({ bot: join(import.meta.dirname, 'fake-bot.ts'), renderer }))
