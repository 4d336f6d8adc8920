import { Option, type Command } from 'commander'
import type { RunCommand } from '../run-command.ts'
import type { CloudPlace } from '../with-cloud-db.ts'
import { json, type WithJson } from './shared-options.ts'

type Placed = CloudPlace & WithJson

const data = () => new Option('--data <folder>', "folder of the server's SQLite database (default: the local cloud's)")

/** Events of Stripe that need a person: for whoever runs the server, on its database. */
export function addCloudStripeCommands(cloud: Command, run: RunCommand): void {
  const stripe = cloud.command('stripe').description('events of Stripe that could not be done with')
  const commands = () => import('../commands/cloud-stripe.ts')
  stripe
    .command('list')
    .description('those that were parked, are tried again, or made no licence, and why')
    .addOption(data())
    .addOption(json())
    .action((options: Placed) => run(options.json === true, async (cli) => (await commands()).stripeList(cli, options)))
  stripe
    .command('retry')
    .description('try one that was parked once more')
    .argument('<id>', 'as stripe list names it')
    .addOption(data())
    .addOption(json())
    .action((id: string, options: Placed) =>
      run(options.json === true, async (cli) => (await commands()).stripeRetry(cli, id, options)),
    )
  stripe
    .command('dismiss')
    .description('say that nothing needs to be done about one: it is never tried again')
    .argument('<id>', 'as stripe list names it')
    .requiredOption('--reason <text>', 'why, for the book of what admins did')
    .addOption(data())
    .addOption(json())
    .action((id: string, options: Placed & { reason: string }) =>
      run(options.json === true, async (cli) => (await commands()).stripeDismiss(cli, id, options)),
    )
}
