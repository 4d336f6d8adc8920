// winston ships types for its root only. The bot imports the logger itself, without the HTTP, file and console
// transports that the root brings along.
declare module 'winston/lib/winston/create-logger.js' {
  import type { Logger, LoggerOptions } from 'winston'
  export default function createLogger(options?: LoggerOptions): Logger
}
