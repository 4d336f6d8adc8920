import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP']
const PARENT_POLL_MS = 500

/**
 * Runs a command in the foreground with our own stdin, stdout and stderr.
 *
 * Signals go to the child, which decides when to end; we end after it. Ctrl-C reaches every process of a terminal's
 * foreground group by itself, so there SIGINT is not sent a second time.
 *
 * @returns {Promise<number>} its exit code, 128 + signal number when a signal ended it
 */
export function runInForeground(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    const handlers = FORWARDED.map((signal) => {
      const handler = () => {
        if (signal === 'SIGINT' && process.stdin.isTTY) return
        child.kill(signal)
      }
      process.on(signal, handler)
      return () => process.off(signal, handler)
    })
    const settle = () => handlers.forEach((off) => off())
    child.once('error', (error) => {
      settle()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      settle()
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}

/**
 * Ends this process, gently, when npm was killed over our heads.
 *
 * npm runs us through a shell that dies of the signal npm passes on without passing it on itself, which would leave a
 * launcher behind that nobody sees. Windows never gives a child a new parent, so there is nothing to notice there.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, PARENT_POLL_MS).unref()
}

/**
 * Runs a command and keeps what it prints.
 *
 * @returns {Promise<{ code: number, output: string }>} stdout and stderr in the order they came
 */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    const keep = (chunk) => (output += chunk)
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? 128 + (constants.signals[signal] ?? 0), output }))
  })
}
