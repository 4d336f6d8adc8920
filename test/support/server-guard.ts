/**
 * Runs a server for tests and ends it when standard input closes, which it does however the test process ends.
 *
 *     node server-guard.ts FOLDER {"uid":1,"gid":1} COMMAND ARGUMENT…
 *
 * Prints the server's pid, then what the server says. Takes FOLDER away at the end.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

const [folder, owner, command, ...args] = process.argv.slice(2)
const server = spawn(command!, args, { ...JSON.parse(owner!), cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
process.stdout.write(`${server.pid}\n`)
process.stdout.on('error', () => undefined)
for (const stream of [server.stdout!, server.stderr!]) stream.on('data', (chunk: Buffer) => process.stdout.write(chunk))

// PostgreSQL's "immediate shutdown": nobody needs its data again.
const end = () => server.kill('SIGQUIT')
process.stdin.resume().on('end', end).on('error', end).on('close', end)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end)
server.on('error', () => process.exit(1))
server.on('exit', (code) => {
  process.stdin.destroy()
  rmSync(folder!, { recursive: true, force: true, maxRetries: 5 })
  process.exitCode = code ?? 0
})
