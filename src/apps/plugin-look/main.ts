import { readText, type PlugInLoaded } from '../../adapters/strategy-host/channel.ts'
import type { PlugInLook } from '../../adapters/strategy-host/plug-in-look.ts'
import { startPlugInThread } from '../../adapters/strategy-host/plug-in-thread.ts'
import { plugInProgram } from '../plug-in-program.ts'

/**
 * Looks at one plug-in: loads it as a bot would, in a thread, tells what it is, and ends. Stands between a file that
 * somebody is editing and a process that must not die of it.
 */
async function main([, own = '', entry = '']: readonly string[]): Promise<void> {
  // Whoever asked is gone.
  process.stdin.on('end', end).on('error', end).resume()
  process.stdout.on('error', end)
  const thread = startPlugInThread({
    program: plugInProgram(own),
    entry,
    onOutput: () => undefined,
    onFailed: ({ text }) => say({ kind: 'failed', text }, end),
  })
  if (await thread.loaded()) {
    const { description } = JSON.parse(readText(thread.channel)) as PlugInLoaded
    say({ kind: 'loaded', description }, end)
    return
  }
  // Said at once, because a process may not survive the end of such a thread; said again when the cause is sure.
  const why = thread.failed()
  if (why) say({ kind: 'failed', text: why.text }, () => undefined)
}

function say(look: PlugInLook, written: () => void): void {
  // In a line of its own, whatever a plug-in may have written past its thread.
  process.stdout.write(`\n${JSON.stringify(look)}\n`, written)
}

/** At once: a way out in order would wait for the thread, which may be in a loop or in a call that does not return. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}

await main(process.argv)
