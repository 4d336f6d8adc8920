import { join, resolve } from 'node:path'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { Mode } from '../../domain/context/trading-context.ts'
import { sha256Hex } from '../../domain/digest/sha256.ts'

/** Where everything is, below one SLIPWAY_HOME. Nothing else joins paths of its own. */
export type HomeLayout = ReturnType<typeof homeLayout>

/** Unix socket paths must fit `sun_path`: 104 bytes on macOS, 108 on Linux, the terminating zero included. */
const LONGEST_SOCKET_PATH = 100

export function homeLayout(home: string) {
  const root = resolve(home)
  const account = (id: AccountId) => join(root, 'accounts', id)
  const endpoint = (name: string) => controlEndpoint(root, name)
  return Object.freeze({
    root,
    locks: join(root, 'locks'),
    guards: join(root, 'locks', 'guard'),
    accounts: join(root, 'accounts'),
    quarantine: join(root, 'quarantine'),
    run: join(root, 'run'),
    marketDb: join(root, 'market.db'),
    instrumentsFile: join(root, 'instruments.json'),
    /** Days of exchanges that the user has looked up. */
    holidaysFile: join(root, 'holidays.json'),
    /** The user's own strategies, one file or folder each. */
    strategies: join(root, 'strategies'),
    launcherLog: join(root, 'logs', 'launcher.log'),
    launcherRecord: join(root, 'locks', 'launcher.lock'),
    launcherGuard: join(root, 'locks', 'guard', 'launcher.db'),
    guardRepair: join(root, 'locks', 'guard', 'repair.db'),
    device: join(root, 'device.json'),
    /** Names of contributions are made with it; told to nobody. */
    installKey: join(root, 'install.key'),
    /** Sealed credentials. */
    vault: join(root, 'vault'),
    /** Digests of the sessions of browsers, so that pages outlive the launcher. */
    sessions: join(root, 'run', 'sessions.json'),
    preferences: join(root, 'preferences.json'),
    /** Which cloud this installation works with. */
    cloudFile: join(root, 'cloud.json'),
    /** The cloud's calendar as last heard, for bots. */
    calendarFile: join(root, 'calendar.json'),
    /** The local cloud's database and keys. */
    cloud: join(root, 'cloud'),
    cloudDb: join(root, 'cloud', 'cloud.db'),
    cloudKeys: join(root, 'cloud', 'keys'),
    cloudLog: join(root, 'logs', 'cloud.log'),
    cloudGuard: join(root, 'locks', 'guard', 'cloud.db'),
    cloudEndpoint: endpoint('cloud'),
    launcherEndpoint: endpoint('launcher'),
    /** Port the browser door had last, so that an open page finds it again. */
    launcherPort: join(root, 'run', 'port'),
    lockRecord: (id: AccountId) => join(root, 'locks', `account_${id}.lock`),
    guard: (id: AccountId) => join(root, 'locks', 'guard', `account_${id}.db`),
    account,
    settings: (id: AccountId) => join(account(id), 'account.json'),
    state: (id: AccountId) => join(account(id), 'state.db'),
    paper: (id: AccountId) => join(account(id), 'paper.db'),
    /** What of the outbox has reached the cloud. */
    deliveries: (id: AccountId) => join(account(id), 'deliveries.db'),
    lastExit: (id: AccountId) => join(account(id), 'last-exit.json'),
    /** What a live bot knows of its licence. */
    lease: (id: AccountId) => join(account(id), 'lease.json'),
    supervision: (id: AccountId) => join(account(id), 'supervision.json'),
    logs: (id: AccountId) => join(account(id), 'logs'),
    /** What a bot process wrote past its log: crash texts. */
    botOutput: (id: AccountId) => join(account(id), 'logs', 'bot.out.log'),
    log: (id: AccountId, segment: string, mode: Mode) =>
      join(account(id), 'logs', `live_trader_${segment}_${mode.toUpperCase()}_${id}.log`),
    backups: (id: AccountId) => join(account(id), 'backups'),
    botEndpoint: (id: AccountId) => endpoint(`bot-${id}`),
  })
}

/**
 * The platform's folder for application data, for one installation without a SLIPWAY_HOME.
 *
 * @param env environment at process start; read once, by the entry point
 */
export function defaultHome(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (env.SLIPWAY_HOME) return resolve(env.SLIPWAY_HOME)
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homeFolder(), 'AppData', 'Local'), 'Slipway')
  if (platform === 'darwin') return join(homeFolder(), 'Library', 'Application Support', 'Slipway')
  return join(env.XDG_DATA_HOME ?? join(homeFolder(), '.local', 'share'), 'slipway')
}

/** Loaded when it is asked: a bot is told its home. */
const homeFolder = () => process.getBuiltinModule('node:os').homedir()

/**
 * Address of a control socket: `run/<name>.sock`, a named pipe on Windows. A home too deep for a socket path gets a
 * private folder under the temporary directory instead, named for the home.
 */
function controlEndpoint(root: string, name: string): string {
  const homeKey = () => sha256Hex(root).slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\slipway-${homeKey()}-${name.toLowerCase()}`
  const path = join(root, 'run', `${name}.sock`)
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path
  const nameKey = sha256Hex(name).slice(0, 16)
  const { tmpdir, userInfo } = process.getBuiltinModule('node:os')
  return join(tmpdir(), `slipway-${userInfo().uid}-${homeKey()}`, `${nameKey}.sock`)
}
