import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { clearDeadFaketimes } from './dead-faketimes.ts'

/** What a fault is provoked with on Linux; each answers why it can't be used here, or undefined. */
export const provocation = {
  root: () => (process.getuid?.() === 0 ? undefined : 'needs root'),
  pidNamespace: () => missing('unshare', ['--fork', '--pid', '--mount-proc', 'true']),
  lastPid: () =>
    missing('unshare', ['--fork', '--pid', '--mount-proc', 'sh', '-c', 'echo 100 > /proc/sys/kernel/ns_last_pid']),
  hiddenProc: () =>
    missing('unshare', ['--fork', '--pid', '--mount-proc', 'sh', '-c', 'mount -o remount,hidepid=2 /proc']),
  mountNamespace: () => missing('unshare', ['--mount', 'sh', '-c', 'mount -t tmpfs none /mnt']),
  fuse: () => (existsSync('/dev/fuse') ? undefined : 'there is no /dev/fuse'),
  movedClock: () => {
    clearDeadFaketimes()
    return missing('faketime', ['-f', '+1h', 'true'])
  },
  shell: () => missing('sh', ['-c', 'true']),
} as const

/**
 * Whether a test can't provoke its fault here; prints the reason, since a row of the fault matrix that was not tried
 * must not look as if it had been.
 */
export function cannot(...needs: (keyof typeof provocation)[]): boolean {
  const reasons = needs.flatMap((need) => {
    const reason = process.platform === 'linux' ? provocation[need]() : 'is provoked on Linux only'
    return reason === undefined ? [] : [`${need}: ${reason}`]
  })
  if (reasons.length > 0) console.warn(`skipped, since this machine has no way to provoke it (${reasons.join('; ')})`)
  return reasons.length > 0
}

function missing(file: string, args: string[]): string | undefined {
  const { error, status, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: 10_000 })
  if (error) return `${file}: ${error.message}`
  return status === 0 ? undefined : `${file} failed: ${stderr.trim()}`
}
