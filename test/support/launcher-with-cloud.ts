import { join } from 'node:path'
import { runLauncher } from '../../src/apps/launcher/run-launcher.ts'
import { repoRoot } from './repo-root.ts'

const programOf = (app: string) => join(repoRoot, 'src', 'apps', app, 'main.ts')

/** The launcher's own program with bots and a local cloud of its own, all from their sources. */
process.exit(await runLauncher({ bot: programOf('bot'), cloud: programOf('cloud'), renderer: import.meta.dirname }))
