import type * as ChildProcess from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import type { SeenProcess } from '../../domain/lock/lock-record.ts'
import { parsePowerShellProcess, parseProcStat, parsePsLine, type ProcessText } from './process-text.ts'

/** How long the system's own tools may take to describe one process, milliseconds. */
const TOOL_TIMEOUT_MS = 5_000

/** The process that bears this PID now, zombies included; undefined when none does. */
export async function seeProcess(pid: number): Promise<SeenProcess | undefined> {
  const existence = existenceOf(pid)
  if (existence === 'none') return undefined
  if (process.platform === 'linux') return seeInProc(pid, existence)
  const tool = toolFor(process.platform, pid)
  const text = await new Promise<string>((resolve) => {
    childProcess().execFile(
      tool.file,
      tool.args,
      { timeout: TOOL_TIMEOUT_MS, env: tool.env, windowsHide: true },
      (_error, stdout) => resolve(stdout),
    )
  })
  return described(pid, existence, tool.parse(text))
}

/** The same, for code that must not let anything else run in between. Starts a program only where there is no /proc. */
export function seeProcessSync(pid: number): SeenProcess | undefined {
  const existence = existenceOf(pid)
  if (existence === 'none') return undefined
  if (process.platform === 'linux') return seeInProc(pid, existence)
  const tool = toolFor(process.platform, pid)
  const { stdout } = childProcess().spawnSync(tool.file, tool.args, {
    timeout: TOOL_TIMEOUT_MS,
    env: tool.env,
    windowsHide: true,
    encoding: 'utf8',
  })
  return described(pid, existence, tool.parse(stdout ?? ''))
}

/** Loaded where it is used, since a bot on Linux starts without it. */
function childProcess(): typeof ChildProcess {
  return process.getBuiltinModule('node:child_process')
}

type Existence = 'ours' | 'foreign' | 'none'

function existenceOf(pid: number): Existence {
  // Zero and negative numbers address process groups.
  if (!Number.isSafeInteger(pid) || pid <= 0) return 'none'
  try {
    process.kill(pid, 0)
    return 'ours'
  } catch (error) {
    // EPERM: there is a process, of another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'foreign' : 'none'
  }
}

function seeInProc(pid: number, existence: Existence): SeenProcess | undefined {
  // A /proc mounted for another PID namespace would describe a stranger.
  if (!procIsOurs()) return described(pid, existence, undefined)
  try {
    const stat = parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return described(pid, existence, stat)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const isAbsent = code === 'ENOENT' || code === 'ESRCH'
    // hidepid leaves no entry for processes of other users, though they exist.
    return isAbsent && existence === 'ours' ? undefined : described(pid, existence, undefined)
  }
}

function procIsOurs(): boolean {
  try {
    return readlinkSync('/proc/self') === String(process.pid)
  } catch {
    return false
  }
}

/** What was read of a process; without it, that there is one is all the system tells. */
function described(pid: number, existence: Existence, text: ProcessText | undefined): SeenProcess {
  const { startTicks = '', life = 'running', command = 'another program' } = text ?? {}
  return { pid, startTicks, life, command, foreign: existence === 'foreign' }
}

type Tool = Readonly<{
  file: string
  args: string[]
  env: NodeJS.ProcessEnv
  parse: (text: string) => ProcessText | undefined
}>

function toolFor(platform: NodeJS.Platform, pid: number): Tool {
  if (platform !== 'win32')
    return {
      file: '/bin/ps',
      args: ['-o', 'state=,lstart=,comm=', '-p', String(pid)],
      // A fixed language and zone, so that the start reads the same whoever asks.
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
      parse: parsePsLine,
    }
  return {
    file: 'powershell.exe',
    args: [
      '-NoProfile',
      '-NonInteractive',
      '-Command',
      `$p = Get-Process -Id ${pid} -ErrorAction Stop; $t = $null; try { $t = $p.StartTime.ToUniversalTime().ToString('o') } catch {}; ConvertTo-Json -Compress @{ name = $p.ProcessName; start = $t }`,
    ],
    env: process.env,
    parse: parsePowerShellProcess,
  }
}
