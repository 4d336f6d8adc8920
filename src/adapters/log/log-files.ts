import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { HomeLayout } from '../home/layout.ts'
import { parseLogName } from './rotated-name.ts'

/**
 * Every log file of an account in reading order: the rotated parts of a log before the live file, and the logs of
 * earlier segments and modes, by when they were last written, before the current one. Empty when there is none. What a
 * bot process wrote past its log is not part of it.
 *
 * @param segment only the logs of this one, where a bot follows several markets at once
 */
export function logFiles(layout: HomeLayout, accountId: AccountId, segment?: string): string[] {
  const prefix = segment === undefined ? 'live_trader_' : `live_trader_${segment}_`
  return logFilesIn(layout.logs(accountId), (log) => log.startsWith(prefix))
}

/** Every log file of a folder, in reading order. */
export function logFilesIn(folder: string, isWanted: (log: string) => boolean = () => true): string[] {
  const logs = new Map<string, { file: string; part: number }[]>()
  for (const name of namesIn(folder)) {
    const parsed = parseLogName(name)
    if (!parsed || !isWanted(parsed.log)) continue
    const parts = logs.get(parsed.log) ?? []
    parts.push({ file: join(folder, name), part: parsed.part ?? Number.POSITIVE_INFINITY })
    logs.set(parsed.log, parts)
  }
  const ordered = [...logs.values()].map((parts) => parts.toSorted((a, b) => a.part - b.part).map(({ file }) => file))
  if (ordered.length < 2) return ordered.flat()
  return ordered
    .map((files) => ({ files, writtenAt: lastWrite(files.at(-1)) }))
    .toSorted((a, b) => a.writtenAt - b.writtenAt || (basename(a.files[0] ?? '') < basename(b.files[0] ?? '') ? -1 : 1))
    .flatMap(({ files }) => files)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function lastWrite(file: string | undefined): number {
  return (file && statSync(file, { throwIfNoEntry: false })?.mtimeMs) || 0
}
