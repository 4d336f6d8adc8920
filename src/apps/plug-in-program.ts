import { dirname, join, resolve } from 'node:path'

/**
 * What the thread of a plug-in runs: beside the program of a bot, bundled or as source.
 *
 * @param bot program file of a bot
 */
export function plugInProgram(bot: string): string {
  if (bot.endsWith('.ts')) return resolve(dirname(bot), '..', 'plugin', 'main.ts')
  return join(dirname(bot), 'plugin.mjs')
}
