import type { EpochMs } from '../../domain/units/units.ts'
import { describeValue } from './describe-value.ts'
import { formatLine, type Log, type LogFields, type LogLevel } from './open-log.ts'
import { secretRegistry } from './redact.ts'

export type StreamLogOptions = Readonly<{
  /** Takes a whole line, its end included. */
  write: (line: string) => void
  fixed: Readonly<Record<string, string | number>>
  now: () => EpochMs
  secrets?: readonly string[]
}>

/** The log of a program whose surroundings keep its lines: a server in a container. The lines are those of openLog. */
export function streamLog({ write, fixed, now, secrets: known = [] }: StreamLogOptions): Log {
  const secrets = secretRegistry(known)
  const written = { warn: 0, error: 0 }
  const line = (level: LogLevel, event: string, message: string, fields?: LogFields): void => {
    if (level === 'debug') return
    if (level !== 'info') written[level]++
    write(`${formatLine({ level, event, message, fields, fixed, at: now(), hide: secrets.hide })}\n`)
  }
  return {
    debug: (event, message, fields) => line('debug', event, message, fields),
    info: (event, message, fields) => line('info', event, message, fields),
    warn: (event, message, fields) => line('warn', event, message, fields),
    error: (event, message, fields) => line('error', event, message, fields),
    crash(error) {
      const shown = describeValue(error, secrets.hide)
      line('error', 'crashed', error instanceof Error ? error.message : JSON.stringify(shown), { error: shown })
    },
    addSecret: secrets.add,
    close: async () => undefined,
    get warnings() {
      return written.warn
    },
    get errors() {
      return written.error
    },
  }
}
