import type { Command } from 'commander'
import type { RunCommand } from '../run-command.ts'
import { json, type WithJson } from './shared-options.ts'

/** What this computer contributes, and what of it has arrived. They need no launcher. */
export function addCloudOutboxCommands(cloud: Command, run: RunCommand): void {
  const commands = () => import('../commands/cloud-outbox.ts')
  cloud
    .command('outbox')
    .description('contributions to the shared experience: waiting, delivered, and put aside with the reason')
    .argument('[ids...]')
    .addOption(json())
    .action((ids: string[], options: WithJson) =>
      run(options.json === true, async (cli) => (await commands()).cloudOutbox(cli, ids)),
    )
  cloud
    .command('retry')
    .description('send contributions again that were put aside')
    .argument('<id>')
    .option('--trade <id>', 'only those of this trade')
    .addOption(json())
    .action((id: string, options: WithJson & { trade?: string }) =>
      run(options.json === true, async (cli) => (await commands()).cloudRetry(cli, id, options)),
    )
}
