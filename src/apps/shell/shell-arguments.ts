import { isAccountId, parseAccountId, type AccountId } from '../../domain/account/account-id.ts'

/** Scheme of addresses that other programs open us with: `slipway://account/ID`. */
export const LINK_SCHEME = 'slipway'

export type ShellArguments = Readonly<{
  /** Show this account. */
  accountId: AccountId | undefined
  /** Start in the tray, as at login. */
  hidden: boolean
  /** Somebody else starts the launcher right now: wait for that one. */
  awaitLauncher: boolean
  home: string | undefined
}>

/**
 * What a command line asks of the shell. Anything else on it is left alone: Chromium adds switches of its own, and a
 * link that names no possible account opens the window and nothing more.
 *
 * @param argv without the program itself
 */
export function parseShellArguments(argv: readonly string[]): ShellArguments {
  return {
    accountId: accountIn(argv),
    hidden: argv.includes('--hidden'),
    awaitLauncher: argv.includes('--await-launcher'),
    home: valueOf(argv, '--home'),
  }
}

/**
 * The account that a link is about.
 *
 * @returns undefined for anything but `slipway://account/ID` with an id that can be one
 */
export function accountOfLink(link: string): AccountId | undefined {
  if (!URL.canParse(link)) return undefined
  const { protocol, host, pathname, search, hash, username, password } = new URL(link)
  if (protocol !== `${LINK_SCHEME}:` || host !== 'account') return undefined
  if (search !== '' || hash !== '' || username !== '' || password !== '') return undefined
  return accountOf(pathname.replace(/^\//, '').replace(/\/$/, ''))
}

function accountIn(argv: readonly string[]): AccountId | undefined {
  const named = valueOf(argv, '--account')
  if (named !== undefined) return accountOf(named)
  const link = argv.find((it) => it.toLowerCase().startsWith(`${LINK_SCHEME}:`))
  return link === undefined ? undefined : accountOfLink(link)
}

function accountOf(text: string): AccountId | undefined {
  const id = parseAccountId(decoded(text))
  return isAccountId(id) ? id : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

function valueOf(argv: readonly string[], name: string): string | undefined {
  const joined = argv.find((it) => it.startsWith(`${name}=`))
  if (joined !== undefined) return joined.slice(name.length + 1)
  const at = argv.indexOf(name)
  const next = at < 0 ? undefined : argv[at + 1]
  return next?.startsWith('-') ? undefined : next
}
