import { Option, type Command } from 'commander'
import type { RunCommand } from '../run-command.ts'
import { json, yes, type WithJson } from './shared-options.ts'

export function addStateCommands(program: Command, run: RunCommand): void {
  const commands = () => import('../commands/account.ts')
  program
    .command('backup')
    .description('a verified copy of what an account knows')
    .argument('<id>')
    .addOption(json())
    .action((id: string, options: WithJson) =>
      run(options.json === true, async (cli) => (await commands()).backup(cli, id)),
    )
  program
    .command('restore')
    .description('put a backup in place; what was there is kept aside')
    .argument('<id>')
    .argument('<file>')
    .addOption(yes())
    .addOption(json())
    .action((id: string, file: string, options: { yes?: boolean } & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).restore(cli, id, file, options)),
    )
}

export function addLauncherCommands(program: Command, run: RunCommand): void {
  program
    .command('serve')
    .description('the launcher in the foreground; Ctrl-C ends it, bots go on')
    .option('--port <port>', 'port of the page on 127.0.0.1 (default: the last one used, or a free one)')
    .action((options: { port?: string }) =>
      run(false, async (cli) => (await import('../commands/serve.ts')).serve(cli, options)),
    )
  program
    .command('open')
    .description('open the page in a browser')
    .addOption(new Option('--json', 'only print its one-time address, as {"url": …}'))
    .action((options: WithJson) =>
      run(options.json === true, async (cli) => (await import('../commands/open.ts')).open(cli)),
    )
  program
    .command('shutdown')
    .description('end the launcher; bots go on')
    .option('--bots', 'stop all bots first')
    .addOption(json())
    .action((options: { bots?: boolean } & WithJson) =>
      run(options.json === true, async (cli) => (await import('../commands/shutdown.ts')).shutdown(cli, options)),
    )
  program
    .command('doctor')
    .description('look for what could keep bots from trading')
    .addOption(json())
    .action((options: WithJson) =>
      run(options.json === true, async (cli) => (await import('../commands/doctor.ts')).doctor(cli)),
    )
}
