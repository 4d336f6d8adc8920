import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP']

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
