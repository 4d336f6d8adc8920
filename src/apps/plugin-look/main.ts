import { readText, type PlugInLoaded } from '../../adapters/strategy-host/channel.ts'
import type { PlugInLook } from '../../adapters/strategy-host/plug-in-look.ts'
import { startPlugInThread, type PlugInThread } from '../../adapters/strategy-host/plug-in-thread.ts'
import { plugInProgram } from '../plug-in-program.ts'

/**
 * Looks at plug-ins, one after the other: loads each as a bot would, in a thread, tells what it is, and ends. Stands
 * between files that somebody is editing and a process that must not die of them.
 */
async function main([, own = '', ...entries]: readonly string[]): Promise<void> {
  // Whoever asked is gone.
  process.stdin.on('end', end).on('error', end).resume()
  process.stdout.on('error', end)
  for (const [place, entry] of entries.entries()) {
    const thread = await lookAt(entry, plugInProgram(own))
    if (place < entries.length - 1) await thread.close()
  }
  end()
}

/** @returns when the plug-in is well; a failure ends the process */
async function lookAt(entry: string, program: string): Promise<PlugInThread> {
  const thread = startPlugInThread({
    program,
    entry,
    onOutput: () => undefined,
    onFailed: ({ text }) => void say({ kind: 'failed', entry, text }).then(end),
  })
  if (await thread.loaded()) {
    const { description } = JSON.parse(readText(thread.channel)) as PlugInLoaded
    await say({ kind: 'loaded', entry, description })
    return thread
  }
  // Said at once, because a process may not survive the end of such a thread; said again when the cause is sure.
  const why = thread.failed()
  if (why) await say({ kind: 'failed', entry, text: why.text })
  return new Promise(() => undefined)
}

function say(look: PlugInLook): Promise<void> {
  // In a line of its own, whatever a plug-in may have written past its thread.
  return new Promise((written) => process.stdout.write(`\n${JSON.stringify(look)}\n`, () => written()))
}

/** At once: a way out in order would wait for the thread, which may be in a loop or in a call that does not return. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}

await main(process.argv)
