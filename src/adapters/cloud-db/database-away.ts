/** PostgreSQL: connection exceptions, shutting down or starting up, too many connections, out of disk or memory. */
const POSTGRES = /^(08...|57P0[1-3]|53...|57014)$/
const SQLITE = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY)/
const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])
/** pg gives these no code. */
const WORDS =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|connection ended unexpectedly|not queryable/i

/** Whether a statement failed because the database is gone, full or overloaded: the same may succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError && error.errors.some(isDatabaseAway)) return true
  const code = 'code' in error ? String(error.code) : ''
  return POSTGRES.test(code) || SQLITE.test(code) || SOCKET.has(code) || WORDS.test(error.message)
}
