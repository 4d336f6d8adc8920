/**
 * Where a full log goes: `name.log.000001` is the oldest part, and numbers only rise, so nothing is ever renamed
 * twice. The number stands behind `.log`, because an account id may itself end in `.1`.
 */
export function rotatedName(file: string, part: number): string {
  return `${file}.${String(part).padStart(6, '0')}`
}

/** The live log a file belongs to and which part it is; undefined for a file that is no log. The live file has no part. */
export function parseLogName(path: string): { log: string; part: number | undefined } | undefined {
  const match = /^(.+\.log)(?:\.(\d{6,9}))?$/.exec(path)
  return match?.[1] ? { log: match[1], part: match[2] ? Number(match[2]) : undefined } : undefined
}
