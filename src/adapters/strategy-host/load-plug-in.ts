import type { Reason } from '../../domain/decision/decision.ts'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'
import type { StrategyDescription } from '../../domain/strategy/plug-in.ts'
import type { Strategy } from '../../domain/strategy/strategy.ts'
import { readText, type PlugInFailure, type PlugInLoaded } from './channel.ts'
import type { PlugInFile } from './find-plug-in.ts'
import { openPlugInRun } from './plug-in-run.ts'
import { startPlugInThread, type PlugInThread } from './plug-in-thread.ts'

/** A plug-in at work in its thread. */
export type PlugIn = Readonly<{
  strategy: Strategy
  /** Hash of every file it was loaded from. */
  content: string
  /** Why it was stopped; undefined while it works. */
  failure(): PlugInFailure | undefined
  thread: PlugInThread
  /** Ends its thread; everything it had to tell has been told when the promise ends. */
  close(): Promise<void>
}>

/** Who hears of a plug-in. */
export type PlugInEars = Readonly<{
  onOutput: (text: string) => void
  /** It was stopped, for good: told once, as a sentence without its end. */
  onStopped: (reason: Reason) => void
}>

/**
 * Loads a plug-in in a thread of its own and waits for it, seconds at the most: for the start of a bot.
 *
 * @param program what the thread runs (dist/plugin.mjs)
 * @returns the plug-in, or `strategy-invalid` with what is wrong
 */
export function loadPlugIn(program: string, file: PlugInFile, ears: PlugInEars): PlugIn | Refusal {
  let name = nameOf(file)
  let isOpen = false
  const thread = startPlugInThread({
    program,
    entry: file.entry,
    onOutput: ears.onOutput,
    onFailed: (why) => {
      if (isOpen) ears.onStopped(stopReason(name, why))
    },
  })
  const loaded = thread.waitUntilLoaded()
  const found = loaded ? readLoaded(thread, file) : invalidPlugIn(file, thread.failed()!.text)
  if ('code' in found) {
    void thread.close()
    return found
  }
  const { description, content } = found
  name = description.id
  isOpen = true
  const halted = () => {
    const why = thread.failed()
    return why && stopReason(name, why)
  }
  let runs = 0
  return {
    strategy: { ...description, open: (setup) => openPlugInRun(thread, runs++, setup, halted) },
    content,
    failure: () => thread.failed(),
    thread,
    close: () => thread.close(),
  }
}

function readLoaded(thread: PlugInThread, file: PlugInFile) {
  const { description, content } = JSON.parse(readText(thread.channel)) as PlugInLoaded
  // Read on the other side already, by our own code.
  const named = namedAs(file, description as StrategyDescription)
  return 'code' in named ? named : { description: named, content }
}

/** @returns the description, or `strategy-invalid` when it has another name than its folder gives it */
export function namedAs(file: PlugInFile, description: StrategyDescription): StrategyDescription | Refusal {
  const { id, title, parameters } = description
  if (file.id === undefined || file.id === id) return { id, title, parameters }
  return refusal(
    'strategy-invalid',
    `The strategy in ${file.entry} calls itself ${JSON.stringify(id)}, but its name here is ${file.id}.`,
    `Set its id to ${JSON.stringify(file.id)}, or rename it to ${id}.`,
  )
}

function stopReason(name: string, { text }: PlugInFailure): Reason {
  return { code: 'strategy-stopped', text: `the strategy ${name} was stopped: it ${text}` }
}

/** @param why end of a sentence that begins with its file */
export function invalidPlugIn(file: PlugInFile, why: string): Refusal {
  return refusal(
    'strategy-invalid',
    `The strategy in ${file.entry} ${why}.`,
    'Correct it, and look at it with: slipway strategy check FILE',
  )
}

function nameOf({ id, entry }: PlugInFile): string {
  return id ?? entry
}
