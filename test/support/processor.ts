import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What the kernel counts processor time in. */
const TICKS_A_SECOND = 100

/** Keeps all threads of a process on one core, where the system can. */
export function pin(pid: number, core: number): void {
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' })
  } catch {
    console.error('cores are not pinned here')
  }
}

/** Processor time that a process has used so far, seconds; Linux only. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}
