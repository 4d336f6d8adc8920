import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { replaceFile } from '../../adapters/file/replace-file.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { epochMs } from '../../domain/units/units.ts'
import type { KeptSession, SessionStore } from './sessions.ts'

const File = z.strictObject({
  version: z.literal(1),
  sessions: z.array(z.strictObject({ cookie: z.string(), token: z.string(), usedAt: z.int().transform(epochMs) })),
})

/**
 * Keeps the digests of sessions in a file that only this user can read, so that an open page goes on after the launcher
 * was restarted. A digest opens nothing. A file that can't be read or written costs open pages their session, no more.
 */
export function sessionStore(path: string, log: Log): SessionStore {
  return {
    load(): KeptSession[] {
      try {
        return File.parse(JSON.parse(readFileSync(path, 'utf8'))).sessions
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
          log.warn('sessions-not-read', 'The sessions of open pages could not be read; they end', { error })
        return []
      }
    },
    save(sessions) {
      try {
        replaceFile(path, JSON.stringify({ version: 1, sessions }) + '\n')
      } catch (error) {
        log.warn('sessions-not-kept', 'The sessions of open pages could not be written', { error })
      }
    },
  }
}
