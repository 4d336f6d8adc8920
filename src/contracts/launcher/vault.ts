import { z } from 'zod'
import { RefusalShape } from '../bot-protocol.ts'
import { api, Id } from './procedure.ts'

/** What keeps the vault's key: the system's keychain, a passphrase in a person's head, or a file of the user's choice. */
export const VaultProtection = z.enum(['keychain', 'passphrase', 'key-file'])
export type VaultProtection = z.output<typeof VaultProtection>

/** Shortest and longest passphrase, characters. */
export const PASSPHRASE_LENGTH = { least: 12, most: 1_024 } as const

/** As typed: what is too short is refused when it is chosen, with a sentence. */
const Passphrase = z.string().max(PASSPHRASE_LENGTH.most)

/** How a vault is to be protected from now on. */
export const NewProtection = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keychain') }),
  z.strictObject({ kind: z.literal('passphrase'), passphrase: Passphrase }),
  /** Absolute path; the file is made where there is none. */
  z.strictObject({ kind: z.literal('key-file'), keyFile: z.string().min(1).max(4_096) }),
])
export type NewProtection = z.output<typeof NewProtection>

/** Which credentials an account has. Never what they are. */
export const AccountCredentials = z.object({ accountId: z.string(), fields: z.array(z.string()) })
export type AccountCredentials = z.output<typeof AccountCredentials>

export const VaultStatus = z.object({
  /** `locked` with `opensItself`: it opens when a bot needs it, without a person. */
  state: z.enum(['absent', 'locked', 'unlocked']),
  protection: VaultProtection.nullable(),
  /** What is in use, in words: `Secret Service (desktop keyring)`, `file with a passphrase`. */
  store: z.string().nullable(),
  /** Where the sealed credentials are. */
  file: z.string(),
  opensItself: z.boolean(),
  /** Locks itself after so many minutes without use; 0: never. */
  autoLockMinutes: z.int(),
  accounts: z.array(AccountCredentials),
  /** What keeps it from being used. */
  problem: RefusalShape.nullable(),
  /** Whether this computer has a keychain we can use; null when that was not looked at. */
  keychain: z.object({ usable: z.boolean(), name: z.string(), why: z.string() }).nullable(),
})
export type VaultStatus = z.output<typeof VaultStatus>

/** One thing that a broker must be told to let us in. */
export const CredentialField = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  /** Kept in the vault and never shown; any other is a setting of the account. */
  secret: z.boolean(),
  required: z.boolean(),
  /** Key of the account's setting it is kept under; null for secrets. */
  setting: z.string().nullable(),
  placeholder: z.string(),
})
export type CredentialField = z.output<typeof CredentialField>

const FieldValues = z.record(z.string().min(1).max(64), z.string().max(8_192))

export const CredentialsTest = z.object({
  /** True where the broker let us in, or needs nothing. */
  ok: z.boolean(),
  /** One sentence for a person. */
  message: z.string(),
  refusal: RefusalShape.nullable(),
  /** Accounts that the credentials open at the broker. */
  accounts: z.array(z.object({ accountId: z.string(), mode: z.enum(['paper', 'live']), currency: z.string() })),
  tookMs: z.int(),
})
export type CredentialsTest = z.output<typeof CredentialsTest>

/** The vault that keeps brokers' credentials. No answer ever has a credential in it. */
export const vaultProcedures = {
  status: api
    .route({ method: 'GET', path: '/vault', summary: 'Whether the vault is open, what protects it, and what is in it' })
    .input(z.object({ lookForKeychain: z.stringbool().or(z.boolean()).default(false) }))
    .output(VaultStatus),
  init: api
    .route({ method: 'POST', path: '/vault/init', summary: 'Make a vault; `replace` keeps an old one aside' })
    .input(z.object({ protection: NewProtection, replace: z.boolean().default(false) }))
    .output(VaultStatus),
  unlock: api
    .route({ method: 'POST', path: '/vault/unlock', summary: 'Open the vault; few tries are allowed' })
    .input(z.object({ passphrase: Passphrase.optional() }))
    .output(VaultStatus),
  lock: api
    .route({ method: 'POST', path: '/vault/lock', summary: 'Close the vault; bots that run go on' })
    .output(VaultStatus),
  change: api
    .route({
      method: 'POST',
      path: '/vault/change',
      summary: 'Another passphrase, or another protection, with a new key',
    })
    .input(z.object({ passphrase: Passphrase.optional(), protection: NewProtection }))
    .output(VaultStatus),
  autoLock: api
    .route({ method: 'POST', path: '/vault/auto-lock', summary: 'Lock after so many minutes without use; 0: never' })
    .input(z.object({ minutes: z.int().min(0).max(10_080) }))
    .output(VaultStatus),
  fields: api
    .route({ method: 'GET', path: '/vault/fields', summary: 'What a broker must be told, for forms' })
    .input(z.object({ broker: z.string() }))
    .output(z.array(CredentialField)),
  credentials: {
    list: api
      .route({ method: 'GET', path: '/vault/credentials', summary: 'Names of the credentials each account has' })
      .output(z.array(AccountCredentials)),
    set: api
      .route({
        method: 'POST',
        path: '/vault/credentials/{id}',
        summary: "Put an account's credentials into the vault",
      })
      /** `broker` of an account that is not registered yet. */
      .input(Id.extend({ values: FieldValues, broker: z.string().default('sim') }))
      .output(AccountCredentials),
    forget: api
      .route({
        method: 'DELETE',
        path: '/vault/credentials/{id}',
        summary: 'Forget one credential, or all of an account',
      })
      .input(Id.extend({ field: z.string().optional() }))
      .output(AccountCredentials),
    test: api
      .route({
        method: 'POST',
        path: '/vault/test',
        summary: 'Try credentials at the broker before they are kept; `accountId` fills in what is left out',
      })
      .input(
        z.object({
          broker: z.string(),
          mode: z.enum(['paper', 'live']).default('paper'),
          values: FieldValues,
          accountId: z.string().optional(),
        }),
      )
      .output(CredentialsTest),
  },
}
