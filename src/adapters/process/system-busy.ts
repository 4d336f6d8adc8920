import { refusal, Refused } from '../../domain/failure/refusal.ts'

/** What the system says when it is short of something for the moment, or of a program that is being written. */
const BUSY = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ETXTBSY'])

/** An error of a system that is short of processes, memory or files as a refusal; any other error as it is. */
export function asSystemRefusal(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code === undefined || !BUSY.has(code)) return error
  return new Refused(
    refusal(
      'system-busy',
      `The system has no room for another process or file now (${code}).`,
      'Close some programs, or raise the limits of your user, then try again.',
    ),
  )
}
