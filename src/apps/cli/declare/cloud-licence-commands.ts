import { Option, type Command } from 'commander'
import type { LicenceCreateOptions } from '../commands/cloud-licence.ts'
import type { RunCommand } from '../run-command.ts'
import type { CloudPlace } from '../with-cloud-db.ts'
import { json, yes, type WithJson } from './shared-options.ts'

type Placed = CloudPlace & WithJson

const data = () => new Option('--data <folder>', "folder of the server's SQLite database (default: the local cloud's)")
const keys = () => new Option('--keys <folder>', 'folder of the signing keys (default: keys in the data folder)')

/** Licences, admins and signing keys: for whoever runs the server, on its database. */
export function addCloudLicenceCommands(cloud: Command, run: RunCommand): void {
  addLicences(cloud, run)
  addAdminKeys(cloud, run)
  addSigningKeys(cloud, run)
}

function addLicences(cloud: Command, run: RunCommand): void {
  const licence = cloud.command('license').alias('licence').description('licences of users')
  const commands = () => import('../commands/cloud-licence.ts')
  licence
    .command('create')
    .description('make one; its key is shown this once')
    .requiredOption('--user <user>', 'broker user name')
    .requiredOption('--plan <plan>', 'starter, pro or team')
    .option('--accounts <n>', "live accounts (default: the plan's)")
    .option('--devices <n>', "installations (default: the plan's)")
    .option('--days <n>', 'how long it lasts (default: without end)')
    .option('--email <address>', 'where its user is told that it is ready, and before it ends')
    .option('--no-mail', 'do not tell its user that it is ready')
    .addOption(data())
    .addOption(json())
    .action((options: LicenceCreateOptions & WithJson) =>
      run(options.json === true, async (cli) => (await commands()).licenceCreate(cli, options)),
    )
  licence
    .command('list')
    .description('all of them, newest first')
    .option('--user <user>', 'of one broker user name')
    .option('--state <state>', 'active, expired or revoked')
    .addOption(data())
    .addOption(json())
    .action((options: Placed & { user?: string; state?: string }) =>
      run(options.json === true, async (cli) => (await commands()).licenceList(cli, options)),
    )
  licence
    .command('show')
    .description('one, with its devices, accounts, leases and history')
    .argument('<id>')
    .addOption(data())
    .addOption(json())
    .action((id: string, options: Placed) =>
      run(options.json === true, async (cli) => (await commands()).licenceShow(cli, id, options)),
    )
  licence
    .command('revoke')
    .description('end one for good')
    .argument('<id>')
    .option('--reason <text>', 'why, for its history', 'revoked at the command line')
    .addOption(data())
    .addOption(yes())
    .addOption(json())
    .action((id: string, options: Placed & { reason: string; yes?: boolean }) =>
      run(options.json === true, async (cli) => (await commands()).licenceRevoke(cli, id, options)),
    )
  licence
    .command('new-key')
    .description('another key in place of one that was lost or seen')
    .argument('<id>')
    .addOption(data())
    .addOption(json())
    .action((id: string, options: Placed) =>
      run(options.json === true, async (cli) => (await commands()).licenceNewKey(cli, id, options)),
    )
  licence
    .command('forget-device')
    .description('give the seat of a device free that is gone')
    .argument('<id>')
    .argument('<device>')
    .option('--gone', 'it holds live accounts and is gone: they are free at once')
    .option('--yes', 'do not ask')
    .addOption(data())
    .addOption(json())
    .action((id: string, device: string, options: Placed & { gone?: boolean; yes?: boolean }) =>
      run(options.json === true, async (cli) => (await commands()).licenceForgetDevice(cli, id, device, options)),
    )
  licence
    .command('free-account')
    .description('take a live account from its user: free for all, or for the user it belongs to')
    .argument('<ref>', 'as account_foreign names it')
    .option('--to <user>', 'broker user name of whoever it belongs to from now on')
    .option('--reason <text>', 'why, for the history', 'freed at the command line')
    .addOption(data())
    .addOption(yes())
    .addOption(json())
    .action((ref: string, options: Placed & { to?: string; reason: string; yes?: boolean }) =>
      run(options.json === true, async (cli) => (await commands()).licenceFreeAccount(cli, ref, options)),
    )
}

function addAdminKeys(cloud: Command, run: RunCommand): void {
  const admin = cloud.command('admin-key').description('keys of admins')
  const commands = () => import('../commands/cloud-admin-key.ts')
  admin
    .command('create')
    .description('make one; it is shown this once')
    .requiredOption('--role <role>', 'owner, support, calendar or reader')
    .requiredOption('--label <text>', 'whose it is')
    .addOption(data())
    .addOption(json())
    .action((options: Placed & { role: string; label: string }) =>
      run(options.json === true, async (cli) => (await commands()).adminKeyCreate(cli, options)),
    )
  admin
    .command('list')
    .description('all of them, with their last use')
    .addOption(data())
    .addOption(json())
    .action((options: Placed) =>
      run(options.json === true, async (cli) => (await commands()).adminKeyList(cli, options)),
    )
  admin
    .command('rotate')
    .description('another key in place of this one')
    .argument('<id>')
    .addOption(data())
    .addOption(json())
    .action((id: string, options: Placed) =>
      run(options.json === true, async (cli) => (await commands()).adminKeyRotate(cli, id, options)),
    )
  admin
    .command('revoke')
    .description('let it open nothing any more')
    .argument('<id>')
    .addOption(data())
    .addOption(json())
    .action((id: string, options: Placed) =>
      run(options.json === true, async (cli) => (await commands()).adminKeyRevoke(cli, id, options)),
    )
}

function addSigningKeys(cloud: Command, run: RunCommand): void {
  const signing = cloud.command('signing-key').description('keys that leases are signed with')
  const commands = () => import('../commands/cloud-signing-key.ts')
  signing
    .command('create')
    .description('make them beforehand, for a server that may only read them')
    .addOption(data())
    .addOption(keys())
    .addOption(json())
    .action((options: Placed) =>
      run(options.json === true, async (cli) => (await commands()).signingKeyCreate(cli, options)),
    )
  signing
    .command('list')
    .description('which sign, come next, and only verify')
    .addOption(data())
    .addOption(keys())
    .addOption(json())
    .action((options: Placed) =>
      run(options.json === true, async (cli) => (await commands()).signingKeyList(cli, options)),
    )
  signing
    .command('rotate')
    .description('let the next key sign; running servers see it at once')
    .option('--leaked', 'the key in use has leaked: what it signed counts for nothing any more')
    .addOption(data())
    .addOption(keys())
    .addOption(yes())
    .addOption(json())
    .action((options: Placed & { leaked?: boolean; yes?: boolean }) =>
      run(options.json === true, async (cli) => (await commands()).signingKeyRotate(cli, options)),
    )
}
