import { Option, type Command } from 'commander'
import type { VaultProtectionOptions } from '../commands/vault.ts'
import type { RunCommand } from '../run-command.ts'
import { json, yes, type WithJson } from './shared-options.ts'

const keychain = () =>
  new Option('--keychain', "keep its key in the system's keychain").conflicts(['passphrase', 'keyFile'])
const keyFile = () =>
  new Option('--key-file <file>', 'keep its key in a file outside the home, for starts without a person').conflicts([
    'keychain',
    'passphrase',
  ])

/** Secrets are typed, or come over standard input; none is ever an argument. */
export function addVaultCommands(program: Command, run: RunCommand): void {
  const vault = program.command('vault').description("brokers' credentials, sealed")
  const commands = () => import('../commands/vault.ts')
  vault
    .command('status')
    .description('whether it is open, what protects it, and whose credentials it has')
    .addOption(json())
    .action((options: WithJson) => run(options.json === true, async (cli) => (await commands()).vaultStatus(cli)))
  vault
    .command('init')
    .description('make it: with the keychain where there is one, else with a passphrase')
    .addOption(keychain())
    .addOption(new Option('--passphrase', 'open it with a passphrase').conflicts(['keychain', 'keyFile']))
    .addOption(keyFile())
    .option('--replace', 'begin anew; the old one is kept aside, and credentials are entered again')
    .addOption(yes())
    .addOption(json())
    .action((options: VaultProtectionOptions & { replace?: boolean; yes?: boolean } & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).vaultInit(cli, options)),
    )
  vault
    .command('unlock')
    .description('open it, so that bots can be started')
    .addOption(json())
    .action((options: WithJson) => run(options.json === true, async (cli) => (await commands()).vaultUnlock(cli)))
  vault
    .command('lock')
    .description('close it; bots that run go on')
    .addOption(json())
    .action((options: WithJson) => run(options.json === true, async (cli) => (await commands()).vaultLock(cli)))
  vault
    .command('passwd')
    .description('another passphrase, or another protection; its key changes too')
    .addOption(keychain())
    .addOption(keyFile())
    .addOption(json())
    .action((options: VaultProtectionOptions & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).vaultPasswd(cli, options)),
    )
  vault
    .command('set')
    .description('put a credential of an account into it; tried at the broker first')
    .argument('<id>')
    .argument('<field>', 'its name, as token for a gateway')
    .option('--untested', 'keep it without trying it')
    .addOption(json())
    .action((id: string, field: string, options: { untested?: boolean } & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).vaultSet(cli, id, field, options)),
    )
  vault
    .command('forget')
    .description('take one credential of an account out of it, or all')
    .argument('<id>')
    .argument('[field]')
    .addOption(json())
    .action((id: string, field: string | undefined, options: WithJson) =>
      run(options.json === true, async (cli) => (await commands()).vaultForget(cli, id, field)),
    )
  vault
    .command('auto-lock')
    .description('lock it after so many minutes without use; 0: never')
    .argument('<minutes>')
    .addOption(json())
    .action((minutes: string, options: WithJson) =>
      run(options.json === true, async (cli) => (await commands()).vaultAutoLock(cli, minutes)),
    )
}
