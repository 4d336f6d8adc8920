import { z } from 'zod'
import { AccountSettings } from '../account-settings.ts'
import { RefusalShape } from '../bot-protocol.ts'
import { api, Id } from './procedure.ts'

export const NewAccount = z.object({
  accountId: z.string(),
  user: z.string(),
  broker: z.string().default('sim'),
  mode: z.enum(['paper', 'live']).default('paper'),
  strategy: z.string().default('vwap-bounce'),
  symbol: z.string(),
  timeframe: z.string().default('1m'),
  /** As typed: `replay`, `replay:max`, `replay:60x:2024-01-02..2024-01-05`, `synthetic:7`. */
  feed: z.string().default('replay'),
  /** `key=value` settings: strategy parameters by name, `risk.…`, `simulation.…`, `gateway.…`. */
  set: z.array(z.string()).default([]),
})
export type NewAccount = z.input<typeof NewAccount>
/** The same with everything that has a default filled in. */
export type WholeNewAccount = z.output<typeof NewAccount>

/** A registered account; `readopted` when the folder of a removed account of this id was taken up again. */
export const AddedAccount = z.object({ ...AccountSettings.shape, readopted: z.boolean() })
export type AddedAccount = z.output<typeof AddedAccount>

export const accountProcedures = {
  list: api
    .route({ method: 'GET', path: '/accounts', summary: 'Settings of every account' })
    .output(
      z.array(
        z.union([z.object({ settings: AccountSettings }), z.object({ accountId: z.string(), corrupt: RefusalShape })]),
      ),
    ),
  add: api
    .route({ method: 'POST', path: '/accounts', summary: 'Register an account' })
    .input(NewAccount)
    .output(AddedAccount),
  check: api
    .route({
      method: 'POST',
      path: '/accounts/check',
      summary: 'What adding this account would register, or why it would be refused; changes nothing',
    })
    .input(NewAccount)
    .output(AddedAccount),
  checkEdit: api
    .route({
      method: 'POST',
      path: '/accounts/{id}/check',
      summary: 'What these settings would change, or why they would be refused; changes nothing',
    })
    .input(Id.extend({ set: z.array(z.string()) }))
    .output(z.object({ settings: AccountSettings, changed: z.array(z.string()) })),
  show: api
    .route({ method: 'GET', path: '/accounts/{id}', summary: 'Settings of one account' })
    .input(Id)
    .output(AccountSettings),
  edit: api
    .route({ method: 'PATCH', path: '/accounts/{id}', summary: 'Change settings; they apply at the next start' })
    .input(Id.extend({ set: z.array(z.string()).min(1) }))
    .output(z.object({ settings: AccountSettings, changed: z.array(z.string()), appliesAtNextStart: z.boolean() })),
  remove: api
    .route({
      method: 'DELETE',
      path: '/accounts/{id}',
      summary: 'Forget an account; `purge: true` in the body also deletes its folder',
    })
    .input(Id.extend({ purge: z.boolean().default(false) }))
    .output(z.object({ accountId: z.string(), purged: z.boolean(), folder: z.string() })),
}
