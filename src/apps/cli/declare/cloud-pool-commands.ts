import { Option, type Command } from 'commander'
import type { RunCommand } from '../run-command.ts'
import type { CloudPlace } from '../with-cloud-db.ts'
import { json, yes, type WithJson } from './shared-options.ts'

type Placed = CloudPlace & WithJson

const data = () => new Option('--data <folder>', "folder of the server's SQLite database (default: the local cloud's)")

/** The shared experiences: for whoever runs the server, on its database. */
export function addCloudPoolCommands(cloud: Command, run: RunCommand): void {
  const pool = cloud.command('pool').description('the experiences that confidence is made of')
  const commands = () => import('../commands/cloud-pool.ts')
  pool
    .command('status')
    .description('how many there are, which count, and who gave most')
    .addOption(data())
    .addOption(json())
    .action((options: Placed) => run(options.json === true, async (cli) => (await commands()).poolStatus(cli, options)))
  pool
    .command('export')
    .description('all that people gave, as NDJSON; packed where the name ends in .gz')
    .argument('<file>', 'a new one')
    .option('--attributed', 'name users and licences; else nobody can tell who gave what')
    .addOption(data())
    .addOption(json())
    .action((file: string, options: Placed & { attributed?: boolean }) =>
      run(options.json === true, async (cli) => (await commands()).poolExport(cli, file, options)),
    )
  pool
    .command('import')
    .description('take an export in, all or none; what is there already stays')
    .argument('<file>')
    .option('--with-synthetic', 'trades on made-up prices count too')
    .addOption(data())
    .addOption(json())
    .action((file: string, options: Placed & { withSynthetic?: boolean }) =>
      run(options.json === true, async (cli) => (await commands()).poolImport(cli, file, options)),
    )
  pool
    .command('exclude')
    .description('let nothing count that one contributor gave; every running server sees it within seconds')
    .argument('<contributor>', 'as pool status names it')
    .addOption(data())
    .addOption(yes())
    .addOption(json())
    .action((contributor: string, options: Placed & { yes?: boolean }) =>
      run(options.json === true, async (cli) => (await commands()).poolExclude(cli, contributor, options)),
    )
  pool
    .command('include')
    .description('let what was excluded count again')
    .argument('<contributor>')
    .addOption(data())
    .addOption(json())
    .action((contributor: string, options: Placed) =>
      run(options.json === true, async (cli) => (await commands()).poolInclude(cli, contributor, options)),
    )
}
