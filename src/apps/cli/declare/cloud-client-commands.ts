import type { Command } from 'commander'
import type { RunCommand } from '../run-command.ts'
import { json, yes, type WithJson } from './shared-options.ts'

/** The cloud this computer works with. */
export function addCloudUseCommands(cloud: Command, run: RunCommand): void {
  const commands = () => import('../commands/cloud-use.ts')
  cloud
    .command('use')
    .description('choose the cloud of this computer: local, none, or the address of a team’s')
    .argument('<where>', 'local, none, or https://…')
    .addOption(yes())
    .addOption(json())
    .action((where: string, options: { yes?: boolean } & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).cloudUse(cli, where, options)),
    )
  cloud
    .command('status')
    .description('whether the cloud answers, where licences stand, and what waits to be contributed')
    .addOption(json())
    .action((options: WithJson) => run(options.json === true, async (cli) => (await commands()).cloudStatus(cli)))
  cloud
    .command('signals')
    .description('signals that others share, and which accounts share theirs')
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .addOption(json())
    .action((options: { follow?: boolean } & WithJson) =>
      run(options.json === true, async (cli) =>
        (await import('../commands/cloud-signals.ts')).cloudSignals(cli, options),
      ),
    )
}

/** The licence of this computer's user: its key is typed, or comes over standard input. */
export function addLicenceCommands(program: Command, run: RunCommand): void {
  const licence = program.command('licence').alias('license').description('the licence that live accounts trade on')
  const commands = () => import('../commands/licence.ts')
  licence
    .command('set')
    .description('keep a licence key in the vault; the cloud is asked first whether it knows it')
    .option('--user <user>', 'its user name at the broker, where this computer has accounts of several')
    .addOption(json())
    .action((options: { user?: string } & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).licenceSet(cli, options)),
    )
  licence
    .command('show')
    .description('the licence as the cloud has it: plan, end, seats')
    .option('--user <user>', 'user name at the broker')
    .addOption(json())
    .action((options: { user?: string } & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).licenceShow(cli, options)),
    )
  licence
    .command('forget')
    .description('take the key out of the vault; bots that run keep their leases until these end')
    .option('--user <user>', 'user name at the broker')
    .addOption(json())
    .action((options: { user?: string } & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).licenceForget(cli, options)),
    )
  licence
    .command('take-over')
    .description('take a live account over from another device, whose bot makes no entries then')
    .argument('<id>')
    .addOption(yes())
    .addOption(json())
    .action((id: string, options: { yes?: boolean } & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).licenceTakeOver(cli, id, options)),
    )
}
