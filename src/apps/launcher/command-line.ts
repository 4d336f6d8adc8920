import { parseArgs } from 'node:util'
import { refuse } from '../../domain/failure/refusal.ts'

export type LauncherArguments = Readonly<{
  /** Port of the browser door; 0 or absent takes the one used last, or a free one. */
  port: number | undefined
  open: boolean
  /** Started by another program: prints no address and opens no browser. */
  background: boolean
  home: string | undefined
}>

export const LAUNCHER_USAGE = 'Use: npm start -- [--no-open] [--port PORT] [--home FOLDER]'

/** @throws {Refused} bad-usage */
export function parseLauncherArguments(args: readonly string[]): LauncherArguments {
  const values = parsed(args)
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(/^\d+$/.test(values.port!) && port <= 65_535))
    refuse('bad-usage', `${JSON.stringify(values.port)} is no port.`, 'Give a number from 0 to 65535.')
  const background = values.background === true
  return { port, open: values['no-open'] !== true && !background, background, home: values.home }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'no-open': { type: 'boolean' },
        background: { type: 'boolean' },
        port: { type: 'string' },
        home: { type: 'string' },
      },
    }).values
  } catch (error) {
    return refuse('bad-usage', `${(error as Error).message.split('.')[0]}.`, LAUNCHER_USAGE)
  }
}
