import { addAudit, auditOf } from '../../../adapters/cloud-db/admin-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import {
  dismissStripeEvent,
  listTroubledEvents,
  type TroubledEvent,
} from '../../../adapters/cloud-db/subscription-records.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { retryParked } from '../../cloud/stripe/try-event.ts'
import type { Cli } from '../cli.ts'
import { isoTime } from '../time-text.ts'
import { withCloudDb, type CloudPlace } from '../with-cloud-db.ts'

const MOST = 500

/** `slipway cloud stripe list`. */
export function stripeList(cli: Cli, place: CloudPlace): Promise<number> {
  return withCloudDb(cli, place, async (db) => {
    const events = await listTroubledEvents(db, { limit: MOST })
    cli.out.answer(events.map(eventJson), () => {
      if (events.length === 0) return cli.out.line('Every event of Stripe was done with, and none needs a look.')
      cli.out.table(
        [
          { title: 'EVENT', text: (row) => row.id },
          { title: 'TYPE', text: (row) => row.type },
          { title: 'RECEIVED', text: (row) => isoTime(row.receivedAt) },
          { title: 'STATE', text: (row) => row.state },
          { title: 'TRIES', text: (row) => String(row.attempts), align: 'right' },
          { title: 'WHY', text: (row) => row.problem, flexible: true },
        ],
        events,
      )
    })
    return 0
  })
}

/** `slipway cloud stripe retry ID`. */
export function stripeRetry(cli: Cli, id: string, place: CloudPlace): Promise<number> {
  return withCloudDb(cli, place, async (db) => {
    await write(cli, db, 'stripe.retry', id, '')
    // Servers that run look at what was pushed by themselves; why it failed is in the event.
    const parts = { db, push: { told: () => undefined }, log: { error: () => undefined }, now: cli.now }
    const result =
      (await retryParked(parts, id)) ??
      refuse('bad-usage', `No event ${JSON.stringify(id)} is parked.`, 'List them: slipway cloud stripe list')
    const isDone = result === 'done' || result.state === 'done'
    const problem = result === 'done' ? null : result.problem
    cli.out.answer({ id, done: isDone, problem }, () =>
      cli.out.line(`${id} ${isDone ? 'is done with.' : 'stays parked.'}${problem === null ? '' : ` ${problem}`}`),
    )
    return isDone ? 0 : 1
  })
}

/** `slipway cloud stripe dismiss ID`. */
export function stripeDismiss(cli: Cli, id: string, options: CloudPlace & Readonly<{ reason: string }>) {
  return withCloudDb(cli, options, async (db) => {
    await write(cli, db, 'stripe.dismiss', id, options.reason)
    if (!(await dismissStripeEvent(db, id, cli.now())))
      refuse('bad-usage', `Nothing is open about ${JSON.stringify(id)}.`, 'List them: slipway cloud stripe list')
    cli.out.answer({ id, dismissed: true }, () => cli.out.line(`${id} is dismissed: it is never tried again.`))
    return 0
  })
}

/** Before anything is done, as with the keys of admins. */
const write = (cli: Cli, db: CloudDb, action: string, id: string, detail: string) =>
  addAudit(db, auditOf(action, id, detail, cli.now()))

const eventJson = ({ createdAt, receivedAt, ...event }: TroubledEvent) => ({
  ...{ ...event, createdAt: isoTime(createdAt), receivedAt: isoTime(receivedAt) },
})
