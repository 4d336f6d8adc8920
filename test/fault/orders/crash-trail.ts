import { existsSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'

/** Labels at which a bot was killed, as its trail tells them. */
export function deathsIn(trail: string): string[] {
  if (!existsSync(trail)) return []
  return readFileSync(trail, 'utf8')
    .split('\n')
    .flatMap((line) => (line.endsWith(' †') ? [line.slice(0, -2)] : []))
}

/** What a power cut leaves: the write-ahead log up to the last commit that had reached the disk. */
export function cutToDisk(trail: string, stateFile: string): void {
  const wal = `${stateFile}-wal`
  const synced = existsSync(trail) ? /.*^wal (\d+)$/ms.exec(readFileSync(trail, 'utf8'))?.[1] : undefined
  if (synced === undefined || !existsSync(wal)) return
  if (statSync(wal).size > Number(synced)) truncateSync(wal, Number(synced))
  rmSync(`${stateFile}-shm`, { force: true })
}
