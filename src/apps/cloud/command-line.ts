import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { refuse } from '../../domain/failure/refusal.ts'
import type { CloudSettings } from './cloud-parts.ts'

export type CloudArguments = Readonly<{
  home: string | undefined
  /** Run by a launcher: on the private socket, and until standard input closes. */
  embedded: boolean
  host: string
  port: number
  /** Folder of the database and, unless told, the keys; the home's cloud folder where left out. */
  data: string | undefined
  keys: string | undefined
  behindProxy: boolean
}>

/** What the environment says; addresses carry passwords, so each may stand in a file instead: `DATABASE_URL_FILE`. */
export type CloudEnvironment = Readonly<{
  databaseUrl: string | undefined
  redisUrl: string | undefined
  settings: CloudSettings
}>

export const DEFAULT_PORT = 8_787
const DEFAULT_HOST = '127.0.0.1'
const USAGE = 'See slipway cloud serve --help.'

/** @throws {Refused} bad-usage */
export function parseCloudArguments(args: readonly string[]): CloudArguments {
  const values = parsed(args)
  const port = Number(values.port ?? DEFAULT_PORT)
  if (!/^\d{1,5}$/.test(values.port ?? '0') || port > 65_535)
    refuse('bad-usage', `${JSON.stringify(values.port)} is no port.`, 'Give a number from 0 to 65535.')
  return {
    home: values.home,
    embedded: values.embedded === true,
    host: values.host ?? DEFAULT_HOST,
    port,
    data: values.data,
    keys: values.keys,
    behindProxy: values['behind-proxy'] === true,
  }
}

/** @throws {Refused} bad-usage, file-unreadable */
export function readCloudEnvironment(env: NodeJS.ProcessEnv): CloudEnvironment {
  const secret = (name: string) => secretOf(env, name)
  const databaseUrl = secret('DATABASE_URL')
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl))
    refuse('bad-usage', 'DATABASE_URL is no address of PostgreSQL.', 'Give postgresql://user:password@host:port/name.')
  const redisUrl = secret('REDIS_URL')
  if (redisUrl !== undefined && !/^rediss?:\/\//.test(redisUrl))
    refuse('bad-usage', 'REDIS_URL is no address of Redis.', 'Give redis://user:password@host:port.')
  return {
    databaseUrl,
    redisUrl,
    settings: {
      smtpUrl: secret('SMTP_URL'),
      mailFrom: env.MAIL_FROM || undefined,
      stripeSecret: secret('STRIPE_WEBHOOK_SECRET'),
      publicUrl: env.CLOUD_PUBLIC_URL?.replace(/\/+$/, '') || undefined,
      marketHome: env.CLOUD_MARKET_HOME || undefined,
      calendarPages: env.CALENDAR_PAGES === 'none' ? 'none' : undefined,
    },
  }
}

/** From a variable or from the file that NAME_FILE names; the text of neither is ever repeated. */
function secretOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const [value, file] = [env[name] || undefined, env[`${name}_FILE`] || undefined]
  if (value !== undefined && file !== undefined)
    refuse('bad-usage', `${name} and ${name}_FILE are both set.`, 'Set one of them.')
  if (file === undefined) return value
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return refuse('file-unreadable', `${name}_FILE can't be read (${code}).`, 'Correct its path or its permissions.')
  }
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const
  const truth = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ home: text, host: text, port: text, data: text, keys: text },
        ...{ embedded: truth, 'behind-proxy': truth },
      },
    }).values
  } catch (error) {
    return refuse('bad-usage', `${(error as Error).message.split('.')[0]}.`, USAGE)
  }
}
