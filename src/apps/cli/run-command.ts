import type { Cli } from './cli.ts'

/** Runs one command; arguments and options are what commander made of the command line. */
export type RunCommand = (json: boolean, work: (cli: Cli) => number | Promise<number>) => Promise<void>
