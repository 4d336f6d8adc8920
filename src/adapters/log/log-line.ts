import type { LogLine } from '../../contracts/launcher/logs.ts'

/** Levels from the least to the most important. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** One line of a log file; a torn or foreign line is kept as it stands, without time, level and event. */
export function parseLogLine(raw: string, offset: number): LogLine {
  const record = parseRecord(raw)
  if (!record) return { offset, time: null, level: null, event: null, message: raw, raw }
  const { time, level, event, msg } = record
  return {
    offset,
    time: textOr(time, null),
    level: textOr(level, null),
    event: textOr(event, null),
    message: textOr(msg, raw),
    raw,
  }
}

function parseRecord(raw: string): Record<string, unknown> | undefined {
  if (!raw.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(raw)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise
}
