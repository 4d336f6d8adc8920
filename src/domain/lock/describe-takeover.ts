import type { HolderVerdict } from './lock-record.ts'

/**
 * What would happen if somebody wanted to trade an account whatever its lock says. There is no force: this tells what
 * happens instead, for a trader who is about to ask.
 */
export function describeTakeover(verdict: HolderVerdict): string {
  switch (verdict.kind) {
    case 'free':
      return 'Start takes it at once. Nothing has to be forced.'
    case 'gone':
    case 'pid-reused':
    case 'other-boot':
    case 'zombie':
      return 'Start takes it over at once: the guard is free, and the old record is only replaced. Nothing has to be forced.'
    case 'alive':
      return 'A lock is never forced: two bots would trade one account. Stop asks this bot to end. If it has not ended after 30 seconds, its process is ended, and then the account is free.'
    case 'unresponsive':
      return verdict.paused
        ? `A lock is never forced: the paused process would go on trading when it wakes. Let it go on, or press Stop: after 30 seconds without an answer its process is ended, and its orders stay at the broker.`
        : 'A lock is never forced. Stop asks once more; after 30 seconds without an answer the process is ended, and only if it is beyond doubt the one that took the lock.'
    case 'other-host':
      return 'A lock of another computer is never forced: its bot may be trading. If that computer no longer uses this folder, delete the lock record, then start.'
    case 'unknown':
      return 'A lock is never forced while somebody may be behind it. End the process by hand if it is a bot of yours; the guard is freed the moment it ends.'
  }
}
