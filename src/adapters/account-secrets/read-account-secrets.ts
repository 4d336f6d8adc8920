import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { refuse, Refused } from '../../domain/failure/refusal.ts'
import { readAccountSettings } from '../account-registry/read-settings.ts'
import type { HomeLayout } from '../home/layout.ts'

/** Names of the secrets in a bot's start message. */
export const SECRET = { gatewayToken: 'gatewayToken' } as const

const LONGEST_TOKEN = 8_192
/** What an HTTP header can carry of a token. */
const TOKEN = /^[\x21-\x7e]+$/

/**
 * What to hand to a bot at its start. An account whose settings can't be read has none: its bot says what is wrong.
 *
 * @throws {Refused} as `readAccountSecrets`
 */
export function secretsForStart(layout: Pick<HomeLayout, 'settings'>, accountId: AccountId): Record<string, string> {
  let settings: AccountSettings
  try {
    settings = readAccountSettings(layout, accountId)
  } catch (error) {
    if (error instanceof Refused) return {}
    throw error
  }
  return readAccountSecrets(settings)
}

/**
 * The secrets a bot of this account needs. They are read anew at every start, and go to the bot over its standard input;
 * nobody keeps them.
 *
 * @throws {Refused} 'file-unreadable' when a file can't be read, holds no token, or is open to others
 */
export function readAccountSecrets({ broker, gateway }: AccountSettings): Record<string, string> {
  if (broker !== 'gateway' || gateway.tokenFile === 'none') return {}
  return { [SECRET.gatewayToken]: readToken(gateway.tokenFile) }
}

function readToken(path: string): string {
  const text = readPrivately(path).trim()
  if (TOKEN.test(text)) return text
  return refuse(
    'file-unreadable',
    `The file ${path} holds no token.`,
    'It must hold the token alone, on one line, without spaces.',
  )
}

/** Looks at the very file it reads, so that it can't be exchanged in between. */
function readPrivately(path: string): string {
  const fd = openToken(path)
  try {
    const stat = fstatSync(fd)
    refuseUnfit(path, stat)
    const bytes = Buffer.alloc(LONGEST_TOKEN)
    const text = bytes.toString('utf8', 0, readSync(fd, bytes, 0, LONGEST_TOKEN, 0))
    bytes.fill(0)
    return text
  } finally {
    closeSync(fd)
  }
}

function openToken(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return refuse(
      'file-unreadable',
      `The token of the gateway can't be read from ${path} (${code === 'ENOENT' ? 'there is no such file' : code}).`,
      'Put the token there, or set gateway.tokenFile to where it is.',
    )
  }
}

/** Windows has no such bits; there the folder's own rules keep others out. */
function refuseUnfit(path: string, stat: Stats): void {
  if (!stat.isFile() || stat.size > LONGEST_TOKEN)
    refuse(
      'file-unreadable',
      `${path} is no file with a token.`,
      'Set gateway.tokenFile to a file that holds the token alone.',
    )
  if (process.platform === 'win32') return
  const mine = process.geteuid?.()
  if (mine !== undefined && stat.uid !== mine)
    refuse(
      'file-unreadable',
      `The token in ${path} belongs to another user of this machine.`,
      'Use a file of your own for it.',
    )
  if ((stat.mode & 0o077) !== 0)
    refuse(
      'file-unreadable',
      `The token in ${path} can be read by others on this machine.`,
      `Keep it to yourself with: chmod 600 ${path}`,
    )
}
