import type { SeenProcess } from '../../domain/lock/lock-record.ts'

/** What the system's text says of one process. */
export type ProcessText = Pick<SeenProcess, 'startTicks' | 'life' | 'command'>

/** The process is in `do_exit`: its files are closed or about to be, and it runs no more of its program. */
const PF_EXITING = 0x4

/**
 * Reads `/proc/<pid>/stat`.
 *
 * The command stands in parentheses and may hold any character, a closing parenthesis included, so that only the last
 * one ends it.
 *
 * @see proc_pid_stat(5): state is field 3, flags 9, starttime 22
 */
export function parseProcStat(text: string): ProcessText | undefined {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 0 || close < open) return undefined
  const fields = text.slice(close + 2).split(' ')
  const [state] = fields
  const flags = Number(fields[6])
  const startTicks = fields[19]
  if (state === undefined || startTicks === undefined || !/^\d+$/.test(startTicks)) return undefined
  const life = flags & PF_EXITING ? 'zombie' : lifeOf(state)
  return { startTicks, life, command: text.slice(open + 1, close) }
}

/** Reads one line of `ps -o state=,lstart=,comm=`, written in the C locale and UTC. */
export function parsePsLine(text: string): ProcessText | undefined {
  const match = /^\s*(\S+)\s+\w{3}\s+(\w{3}\s+\d+\s+[\d:]{8}\s+\d{4})\s+(.+?)\s*$/.exec(text)
  if (!match) return undefined
  const [, state = '', started = '', path = ''] = match
  const start = Date.parse(`${started} UTC`)
  if (Number.isNaN(start)) return undefined
  const command = path.split('/').at(-1) ?? path
  return { startTicks: `ms:${start}`, life: lifeOf(state), command }
}

/** Reads the answer of PowerShell's `Get-Process`, as JSON of `name` and `start` (ISO time, null when it is denied). */
export function parsePowerShellProcess(text: string): ProcessText | undefined {
  let found: { name?: unknown; start?: unknown }
  try {
    found = JSON.parse(text) as { name?: unknown; start?: unknown }
  } catch {
    return undefined
  }
  if (typeof found !== 'object' || found === null || typeof found.name !== 'string') return undefined
  const start = typeof found.start === 'string' ? Date.parse(found.start) : Number.NaN
  return { startTicks: Number.isNaN(start) ? '' : `ms:${start}`, life: 'running', command: found.name }
}

/** @see ps(1), PROCESS STATE CODES; macOS adds further letters after the first */
function lifeOf(state: string): SeenProcess['life'] {
  if (/^[ZXx]/.test(state)) return 'zombie'
  return /^[Tt]/.test(state) ? 'stopped' : 'running'
}
