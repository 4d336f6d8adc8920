import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { LeaseToken } from '../../contracts/cloud/licence.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { replaceFile } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'

/** accounts/<id>/lease.json: what a live bot knows of its licence, for its next start and for those who look on. */
export const LeaseFile = z.object({
  version: z.literal(1),
  token: LeaseToken.nullable(),
  /** Known for certain to have passed, epoch milliseconds (domain/licence/trusted-clock.ts). */
  floorMs: z.int().min(0),
  /** The server's last no, while it stands. */
  refused: z.object({ code: z.string(), message: z.string(), nextStep: z.string() }).nullable(),
  /** The account was given free, or may have been: the token counts for nothing until the server has been asked. */
  released: z.boolean(),
  /** Why the server could not be asked; null when it could. */
  trouble: z.string().nullable(),
  /** The newest list of keys that the server told, as it signed it: the next start may be given an older one. */
  keyList: z.string().max(16_384).nullable().default(null),
})
export type LeaseFile = z.output<typeof LeaseFile>

export const NO_LEASE: LeaseFile = {
  ...{ version: 1, token: null, floorMs: 0, refused: null, released: false, trouble: null, keyList: null },
}

/** What is damaged counts as nothing: the server is asked anyway. */
export function readLeaseFile(path: string): LeaseFile {
  try {
    return LeaseFile.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? NO_LEASE
  } catch {
    return NO_LEASE
  }
}

/** @throws {Refused} disk-full, home-read-only */
export function writeLeaseFile(path: string, file: LeaseFile): void {
  replaceFile(path, `${JSON.stringify(file, undefined, 2)}\n`)
}

/**
 * The lease of an account as a header for what is asked on its behalf; undefined where there is none that counts.
 * The server judges its age.
 */
export function storedLease(layout: Pick<HomeLayout, 'lease'>, accountId: AccountId): string | undefined {
  const { token, released } = readLeaseFile(layout.lease(accountId))
  return released ? undefined : (token ?? undefined)
}
