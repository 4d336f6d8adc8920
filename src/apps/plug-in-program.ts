import { dirname, join, resolve } from 'node:path'
import type { BotProgram } from '../adapters/bot-process/spawn-bot.ts'
import type { LookProgram } from '../adapters/strategy-host/describe-plug-in.ts'

/**
 * What the thread of a plug-in runs: beside the program of a bot, bundled or as source.
 *
 * @param own program file of a bot, or of another program of ours
 */
export function plugInProgram(own: string): string {
  return besides(own, 'plugin')
}

/** What looks at a plug-in, in a process of its own. */
export function lookProgram({ node, entry, env }: BotProgram): LookProgram {
  return { node, env, entry: besides(entry, 'plugin-look') }
}

function besides(own: string, app: string): string {
  return own.endsWith('.ts') ? resolve(dirname(own), '..', app, 'main.ts') : join(dirname(own), `${app}.mjs`)
}
