import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty folder that is gone when the test is, with every bot and launcher that still lives in it. */
export function tempHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'slipway-'))
  onTestFinished(() => {
    endProcessesIn(home)
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  })
  return home
}

/**
 * Ends what a test that failed has left running: a bot's or launcher's working folder is its home. Only where the system
 * tells working folders (Linux); elsewhere tests end what they start, or leave it when they fail.
 */
export function endProcessesIn(home: string): void {
  if (process.platform !== 'linux') return
  for (const pid of readdirSync('/proc').map(Number))
    try {
      if (pid > 0 && pid !== process.pid && readlinkSync(`/proc/${pid}/cwd`) === home) process.kill(pid, 'SIGKILL')
    } catch {
      // Gone meanwhile, or not ours to see.
    }
}
