import { join } from 'node:path'
import { runLauncher } from '../../src/apps/launcher/run-launcher.ts'
import { repoRoot } from './repo-root.ts'

/** The launcher's own program with bots of its own, all from their sources. */
process.exit(await runLauncher({ bot: join(repoRoot, 'src', 'apps', 'bot', 'main.ts'), renderer: import.meta.dirname }))
