import { Option, type Command } from 'commander'
import type { RunCommand } from '../run-command.ts'
import type { CloudPlace } from '../with-cloud-db.ts'
import { json, yes, type WithJson } from './shared-options.ts'

const data = () => new Option('--data <folder>', "folder of the server's SQLite database (default: the local cloud's)")

/** Everything that a server keeps, in one file and back: for whoever runs it. */
export function addCloudBackupCommands(cloud: Command, run: RunCommand): void {
  const commands = () => import('../commands/cloud-backup.ts')
  cloud
    .command('backup')
    .description('all that the server keeps, in one file; it may run meanwhile')
    .argument('<file>', 'a new one; it is checked before it has this name')
    .addOption(data())
    .addOption(json())
    .action((file: string, options: CloudPlace & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).cloudBackup(cli, file, options)),
    )
  cloud
    .command('check-backup')
    .description('read a backup from beginning to end, with all of its sums')
    .argument('<file>')
    .addOption(json())
    .action((file: string, options: WithJson) =>
      run(options.json === true, async (cli) => (await commands()).cloudCheckBackup(cli, file)),
    )
  cloud
    .command('restore')
    .description('put a backup into an empty database, of either kind; every server must be stopped')
    .argument('<file>')
    .option('--replace', 'take away what the database holds now')
    .addOption(data())
    .addOption(yes())
    .addOption(json())
    .action((file: string, options: CloudPlace & WithJson & { replace?: boolean; yes?: boolean }) =>
      run(options.json === true, async (cli) => (await commands()).cloudRestore(cli, file, options)),
    )
}
