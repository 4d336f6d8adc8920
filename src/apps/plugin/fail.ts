import { parentPort } from 'node:worker_threads'
import { passTurn, TURN, writeFailure, type Channel, type PlugInFailure } from '../../adapters/strategy-host/channel.ts'

/** Tells the bot why the plug-in can't go on, at once, whether it waits for an answer or not. */
export type Fail = (why: PlugInFailure) => void

export function openFail(channel: Channel): Fail {
  return (why) => {
    writeFailure(channel, why)
    passTurn(channel, TURN.answered)
    // Wakes a bot that waits for its next bar and not for us.
    parentPort?.postMessage('failed')
  }
}

/** What was thrown, in a few words, with the place in the plug-in's own code. */
export function thrownText(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${safely(() => JSON.stringify(error) ?? String(error)).slice(0, 200)}`
  const message = safely(() => error.message).slice(0, 300)
  const place = placeOf(safely(() => error.stack ?? ''))
  return `threw ${safely(() => error.name) || 'an error'}: ${message || 'without a message'}${place}`
}

function placeOf(stack: string): string {
  // A syntax error has its place in the first line, before its name.
  const first = /^file:.*?([^/\\]+:\d+)$/m.exec(stack.split('\n', 1)[0] ?? '')
  if (first) return ` (${decodeURIComponent(first[1]!)})`
  const line = stack
    .split('\n')
    .find((one) => /^\s*at .*file:/.test(one) && !/[/\\](apps[/\\]plugin|plugin\.mjs)/.test(one))
  const found = line && /([^/\\]+:\d+):\d+\)?$/.exec(line)
  return found ? ` (${decodeURIComponent(found[1]!)})` : ''
}

/** A plug-in's error may throw again when it is looked at. */
function safely(read: () => unknown): string {
  try {
    const value = read()
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}
