import { spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { BotCloud, BotStart } from '../../contracts/bot-start.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import { accountRefOf } from '../cloud/account-ref-of.ts'
import { cloudForStart } from '../cloud/cloud-for-start.ts'
import { moveFile } from '../file/held-files.ts'
import { asStorageRefusal } from '../file/replace-file.ts'
import { homeLayout } from '../home/layout.ts'
import { asSystemRefusal } from '../process/system-busy.ts'
import { checkedSettings } from './checked-settings.ts'

export type BotExitCode = Readonly<{ code: number | null; signal: NodeJS.Signals | null }>

/** A bot process we started ourselves, so that we learn how it exits and may signal it without mistaking it. */
export type BotProcess = Readonly<{
  pid: number
  exited: Promise<BotExitCode>
  /** Kills it if it is still ours to kill: until its exit is collected, its PID is nobody else's. */
  kill(): void
  /** Where in the output file its own output begins, bytes. */
  outputFrom: number
}>

export type BotProgram = Readonly<{
  /** The pinned Node. */
  node: string
  /** The bot's program file. */
  entry: string
  /** Environment of the launcher; only what a bot needs of it is handed on. */
  env: NodeJS.ProcessEnv
}>

/**
 * A young generation this small keeps a bot's memory low; its garbage is short-lived. One helper thread is enough for a
 * program this small, and twenty bots that start together do not fight over the cores with eighty of them.
 */
const NODE_OPTIONS = ['--max-semi-space-size=1', '--v8-pool-size=1']
/** glibc gives each thread an arena that it fills and keeps; one for all keeps a bot some 3 MB smaller. Ignored elsewhere. */
const ONE_ARENA = { MALLOC_ARENA_MAX: '1' }
const LARGEST_OUTPUT = 1_048_576

/** What the system's libraries and Node need to work, and where Node keeps what it has compiled. Nothing here is a secret. */
const HANDED_ON = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TMPDIR', 'TMP', 'TEMP'],
  ...['NODE_EXTRA_CA_CERTS', 'NODE_COMPILE_CACHE'],
  ...[
    'SystemRoot',
    'windir',
    'USERPROFILE',
    'USERNAME',
    'APPDATA',
    'LOCALAPPDATA',
    'ProgramData',
    'PATHEXT',
    'COMSPEC',
  ],
]

/**
 * Starts a bot that outlives us: in a session of its own, without our terminal, with only its own descriptors.
 *
 * What it needs to know goes in over standard input, one line, so that nothing of it shows in process lists.
 *
 * @param output file for what it writes past its log
 * @throws {Refused} disk-full, home-read-only, system-busy, or internal when the program is not built; any other error when the program can't be started at all
 */
export async function spawnBot(program: BotProgram, start: BotStart, output: string): Promise<BotProcess> {
  try {
    return await spawnNow(program, start, output)
  } catch (error) {
    throw asSystemRefusal(error)
  }
}

async function spawnNow(program: BotProgram, start: BotStart, output: string): Promise<BotProcess> {
  const { args, options } = botCommand(program, start.home)
  const checked = checkedSettings(start.home, start.accountId)
  const cloud = start.flattenOnly === true ? undefined : await cloudFor(start.home, checked?.settings)
  const fd = openOutput(output)
  const outputFrom = fstatSync(fd).size
  try {
    const child = spawn(program.node, args, { ...options, detached: true, stdio: ['pipe', fd, fd] })
    const exited = new Promise<BotExitCode>((resolve) =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    )
    // It may end before it has read its line; its exit says why.
    child.stdin?.on('error', () => undefined)
    const message = Buffer.from(JSON.stringify({ ...start, checked, cloud } satisfies BotStart) + '\n')
    child.stdin?.end(message, () => message.fill(0))
    child.unref()
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('spawn', () =>
        resolve({ pid: child.pid!, exited, kill: () => void child.kill('SIGKILL'), outputFrom }),
      )
    })
  } finally {
    closeSync(fd)
  }
}

/** How a bot's program is run, whatever for. @throws {Refused} internal when the program is not built */
export function botCommand({ entry, env }: BotProgram, home: string) {
  if (!existsSync(entry)) refuse('internal', `The bot's program ${entry} is missing.`, 'Build it with: npm run build')
  const options = { windowsHide: true, cwd: home, env: { ...environmentHandedOn(env), ...ONE_ARENA } }
  return { args: [...NODE_OPTIONS, entry], options }
}

/** Without a cloud a bot trades on, or, live, closes what it has: that it can't be told of one must not keep it from that. */
async function cloudFor(home: string, settings: AccountSettings | undefined): Promise<BotCloud | undefined> {
  if (!settings) return undefined
  try {
    return await cloudForStart(homeLayout(home), settings, () => accountRefOf(settings))
  } catch {
    return undefined
  }
}

/** The part of the launcher's environment that a program of ours needs. */
export function environmentHandedOn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(HANDED_ON.map((name) => [name, env[name]]).filter(([, value]) => value !== undefined))
}

function openOutput(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_OUTPUT) moveFile(path, `${path}.1`)
    return openSync(path, 'a', 0o600)
  } catch (error) {
    throw asStorageRefusal(error, path)
  }
}
