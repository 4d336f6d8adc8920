import type { Command } from 'commander'
import type { ServeOptions } from '../commands/cloud-serve.ts'
import type { RunCommand } from '../run-command.ts'
import { addCloudUseCommands } from './cloud-client-commands.ts'
import { addCloudBackupCommands } from './cloud-backup-commands.ts'
import { addCloudLicenceCommands } from './cloud-licence-commands.ts'
import { addCloudOutboxCommands } from './cloud-outbox-commands.ts'
import { addCloudPoolCommands } from './cloud-pool-commands.ts'
import { addCloudStripeCommands } from './cloud-stripe-commands.ts'

/** Everything about clouds: the one this computer uses, and running one for others. */
export function addCloudCommands(program: Command, run: RunCommand): void {
  const cloud = program
    .command('cloud')
    .description('licences, shared confidence and calendar: use a cloud, or run one')
  addCloudUseCommands(cloud, run)
  addCloudOutboxCommands(cloud, run)
  addServeCommand(cloud, run)
  addCloudLicenceCommands(cloud, run)
  addCloudStripeCommands(cloud, run)
  addCloudPoolCommands(cloud, run)
  addCloudBackupCommands(cloud, run)
}

function addServeCommand(cloud: Command, run: RunCommand): void {
  cloud
    .command('serve')
    .description('run a cloud for a team in the foreground; Ctrl-C ends it when what is under way is done')
    .option('--port <port>', 'port to listen on (default: 8787)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--data <folder>', 'folder of its SQLite database and keys (default: cloud/ in the home)')
    .option('--keys <folder>', 'folder of the keys that leases are signed with (default: keys/ in the data folder)')
    .option('--behind-proxy', 'believe the last address in X-Forwarded-For: only behind a proxy of yours')
    .addHelpText('after', ENVIRONMENT)
    .action((options: ServeOptions) =>
      run(false, async (cli) => (await import('../commands/cloud-serve.ts')).cloudServe(cli, options)),
    )
}

const ENVIRONMENT = `
Environment: DATABASE_URL (PostgreSQL, instead of SQLite), REDIS_URL (for several instances), SMTP_URL and MAIL_FROM (mails),
STRIPE_WEBHOOK_SECRET, CLOUD_PUBLIC_URL, CALENDAR_PAGES, CLOUD_MARKET_HOME (a home whose bars contributions are held
against). Those with a password may stand in a file: DATABASE_URL_FILE, REDIS_URL_FILE,
SMTP_URL_FILE, STRIPE_WEBHOOK_SECRET_FILE.`
