import { isSameStart, judgeHolder, type LockRecord } from '../../domain/lock/lock-record.ts'
import { ownIdentity } from './own-identity.ts'
import { seeProcess } from './see-process.ts'

/**
 * Sends a signal to the process of a record, and to no other that bears its PID now.
 *
 * On Windows either signal ends the process at once; ask it over its control channel first.
 *
 * @returns `not-same` when the process can't be proven to be the one of the record, and is left alone
 */
export async function signalIfSame(
  record: LockRecord,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<'sent' | 'not-same' | 'gone'> {
  const seen = await seeProcess(record.pid)
  const verdict = judgeHolder(record, seen, ownIdentity())
  if (verdict.kind === 'gone' || verdict.kind === 'zombie') return 'gone'
  const isTheOne = verdict.kind === 'alive' || (verdict.kind === 'unresponsive' && verdict.paused)
  if (!isTheOne || !seen || !isSameStart(record.startTicks, seen.startTicks)) return 'not-same'
  try {
    process.kill(record.pid, signal)
    return 'sent'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'gone' : 'not-same'
  }
}
