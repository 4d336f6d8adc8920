import { join } from 'node:path'
import { TEST_PROGRAMS, type TestProgram } from './test-programs.ts'

const APPS = { bot: 'bot.cjs', cli: 'cli.mjs', cloud: 'cloud.mjs', pricing: 'pricing.cjs' } as const

/** Where the programs of this run are: told by Vitest, or by whoever started this process; else this process sees to it. */
const folder = (process.env['SLIPWAY_TEST_PROGRAMS'] ??= await (await import('./build-programs.ts')).buildPrograms())

/** File of a program to start, one of ours or one of the tests': bundled from what its source was as this run began. */
export const programOf = (name: keyof typeof APPS | TestProgram): string =>
  join(folder, name in TEST_PROGRAMS ? `${name}.mjs` : APPS[name as keyof typeof APPS])
