/**
 * Starts a guard holder the way a launcher starts a bot, in a session of its own, tells its own and the holder's PID,
 * and stays.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const [holderScript = '', order = ''] = process.argv.slice(2)
const child = spawn(process.execPath, [holderScript, order], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
await once(child.stdout, 'data')
child.unref()
process.stdout.write(JSON.stringify({ starter: process.pid, holder: child.pid }) + '\n')
setInterval(() => undefined, 1_000)
