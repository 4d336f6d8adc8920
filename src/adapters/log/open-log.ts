// oxlint-disable-next-line typescript/triple-slash-reference -- ambient types of a module without types can't be imported
/// <reference path="./winston-core.d.ts" />
import createLogger from 'winston/lib/winston/create-logger.js'
import type { Logform } from 'winston'
import Transport from 'winston-transport'
import type { EpochMs } from '../../domain/units/units.ts'
import { describeValue } from './describe-value.ts'
import { openLogFile, type LogFile } from './log-file.ts'
import { secretRegistry } from './redact.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** A log of JSON lines. No method throws; a line is in the file when the call returns. */
export interface Log {
  debug(event: string, message: string, fields?: LogFields): void
  info(event: string, message: string, fields?: LogFields): void
  warn(event: string, message: string, fields?: LogFields): void
  error(event: string, message: string, fields?: LogFields): void
  /** Writes why this process ends, past every buffer, and waits for the disk. */
  crash(error: unknown): void
  /** From now on this value, in any common encoding, does not appear in a line. */
  addSecret(value: string): void
  close(): Promise<void>
  readonly warnings: number
  readonly errors: number
}

export type LogFields = Readonly<Record<string, unknown>>

export type LogOptions = Readonly<{
  file: string
  /** Fields of every line: who writes, for whom. A call's fields can't replace them. */
  fixed: Readonly<Record<string, string | number>>
  now: () => EpochMs
  /** Size at which the file is rotated, bytes; default 20 MiB. Rotated files are kept for ever. */
  maxBytes?: number
  /** The least important level that is written; default info. */
  level?: LogLevel
  secrets?: readonly string[]
}>

const LEVELS = { error: 0, warn: 1, info: 2, debug: 3 } as const satisfies Record<LogLevel, number>
const DEFAULT_MAX_BYTES = 20 * 1024 * 1024
/** winston's own keys for the level and for the finished line. */
const LEVEL = Symbol.for('level')
const MESSAGE = Symbol.for('message')

/**
 * Opens the log of one process.
 *
 * winston carries the lines; the format takes secrets out, and the transport writes each with one system call, so
 * that a line outlives `process.exit`, an uncaught exception and `kill -9`.
 *
 * @throws {Refused} the file can't be opened: `home-read-only`, `disk-full` or `internal`
 */
export function openLog(options: LogOptions): Log {
  const secrets = secretRegistry(options.secrets ?? [])
  const line = (level: LogLevel, event: string, message: string, fields: LogFields | undefined): string =>
    formatLine({ level, event, message, fields, fixed: options.fixed, at: options.now(), hide: secrets.hide })

  const file = openLogFile({
    file: options.file,
    maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
    now: options.now,
    describeLoss: (lost, since, cause) =>
      line('error', 'log-lines-lost', `${lost} log lines could not be written`, {
        lost,
        since: new Date(since).toISOString(),
        cause,
      }),
  })
  const logger = createLogger({
    levels: LEVELS,
    level: options.level ?? 'info',
    format: lineFormat(line),
    exitOnError: false,
  })
  // winston reports trouble of its streams as an event; without a listener it would end the bot.
  logger.on('error', () => undefined)
  // By hand, and not to be ended with the logger: only for that Node looks whether it is process.stdout, and opening
  // process.stdout costs more than all the rest of a log.
  logger.pipe(
    new LineTransport(file).on('error', () => undefined),
    { end: false },
  )

  const written = { warn: 0, error: 0 }
  let closed = false
  const write = (level: LogLevel, event: string, message: string, fields?: LogFields): void => {
    if (level === 'warn' || level === 'error') written[level] += 1
    if (closed || LEVELS[level] > LEVELS[options.level ?? 'info']) return
    logger.write({ level, [LEVEL]: level, event, message, fields })
  }

  return {
    debug: (event, message, fields) => write('debug', event, message, fields),
    info: (event, message, fields) => write('info', event, message, fields),
    warn: (event, message, fields) => write('warn', event, message, fields),
    error: (event, message, fields) => write('error', event, message, fields),
    crash(error) {
      written.error += 1
      const shown = describeValue(error, secrets.hide)
      const message = error instanceof Error ? error.message : JSON.stringify(shown)
      file.write(line('error', 'crashed', message, { error: shown }))
      file.sync()
    },
    addSecret: secrets.add,
    async close() {
      if (closed) return
      closed = true
      logger.close()
      file.sync()
      file.close()
    },
    get warnings() {
      return written.warn
    },
    get errors() {
      return written.error
    },
  }
}

/** Writes why the process ends; synchronous, for handlers of `uncaughtException` and `unhandledRejection`. */
export function logCrash(log: Log, error: unknown): void {
  log.crash(error)
}

/**
 * Writes uncaught exceptions and unhandled rejections to the log and ends the process.
 *
 * @param end called after the line is on disk; the entry point gives `process.exit`
 * @returns takes the handlers away again
 */
export function logCrashesOf(process: NodeJS.Process, log: Log, end: (exitCode: number) => void): () => void {
  const onCrash = (error: unknown): void => {
    logCrash(log, error)
    end(1)
  }
  process.on('uncaughtException', onCrash)
  process.on('unhandledRejection', onCrash)
  return () => {
    process.off('uncaughtException', onCrash)
    process.off('unhandledRejection', onCrash)
  }
}

/** A winston transport that hands finished lines to the file. */
class LineTransport extends Transport {
  readonly #file: LogFile
  constructor(file: LogFile) {
    super()
    this.#file = file
  }

  override log(info: Logform.TransformableInfo, next: () => void): void {
    this.#file.write(String(info[MESSAGE]))
    next()
  }
}

function lineFormat(
  line: (level: LogLevel, event: string, message: string, fields: LogFields | undefined) => string,
): Logform.Format {
  return {
    transform(info) {
      const { level, event, message, fields } = info as unknown as {
        level: LogLevel
        event: string
        message: string
        fields?: LogFields
      }
      return { ...info, [MESSAGE]: line(level, event, message, fields) }
    },
  }
}

const OWN_FIELDS = new Set(['time', 'level', 'event', 'msg'])

/** One line, without its end. */
export function formatLine(entry: {
  level: LogLevel
  event: string
  message: string
  fields: LogFields | undefined
  fixed: Readonly<Record<string, string | number>>
  at: EpochMs
  hide: (text: string) => string
}): string {
  const { level, event, message, fields, fixed, at, hide } = entry
  const described = describeValue({ event, msg: message, ...fixed }, hide) as Record<string, unknown>
  const record: Record<string, unknown> = { time: new Date(at).toISOString(), level, ...described }
  if (fields) {
    const extra = describeValue(fields, hide)
    if (typeof extra !== 'object' || extra === null || Array.isArray(extra)) record.fields = extra
    else
      for (const [key, value] of Object.entries(extra))
        record[OWN_FIELDS.has(key) || Object.hasOwn(fixed, key) ? `${key}_` : key] = value
  }
  return JSON.stringify(record)
}
