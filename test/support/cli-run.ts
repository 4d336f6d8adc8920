import { PassThrough } from 'node:stream'
import { runCli } from '../../src/apps/cli/run-cli.ts'
import type { Surroundings } from '../../src/apps/cli/cli.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { programOf } from './programs/programs.ts'

export type CliRun = Readonly<{ code: number; stdout: string; stderr: string }>

/** Runs a command line in this process; the launcher and the bots it starts are real processes. */
export async function slipway(
  home: string,
  args: readonly string[],
  more: Partial<Surroundings> & { typed?: string; columns?: number } = {},
): Promise<CliRun> {
  const { typed, columns, ...surroundings } = more
  const isTerminal = columns === undefined ? {} : { isTTY: true, columns }
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  if (typed !== undefined) stdin.end(typed)
  const texts = [stdout, stderr].map((stream) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    return () => Buffer.concat(chunks).toString('utf8')
  })
  const code = await runCli(args, {
    home,
    syncRoots: [],
    env: process.env,
    plain: false,
    workingFolder: home,
    stdin: Object.assign(stdin, isTerminal),
    stdout: Object.assign(stdout, isTerminal),
    stderr: Object.assign(stderr, isTerminal),
    now: () => epochMs(Date.now()),
    interruption: () => new AbortController().signal,
    node: process.execPath,
    launcherProgram: programOf('launcher-of-fakes'),
    botProgram: programOf('bot'),
    cloudProgram: programOf('cloud'),
    ...surroundings,
  })
  await new Promise((resolve) => setImmediate(resolve))
  return { code, stdout: texts[0]?.() ?? '', stderr: texts[1]?.() ?? '' }
}

/** The one JSON value of an answer; anything beside it fails. */
export function answerOf<T>({ stdout }: CliRun): T {
  return JSON.parse(stdout) as T
}

/** The one refusal of a `--json` run. */
export function refusalOf({ stdout, stderr }: CliRun): { code: string; message: string; nextStep: string } {
  if (stdout !== '') throw new Error(`standard output is not clean: ${stdout}`)
  return (JSON.parse(stderr) as { error: { code: string; message: string; nextStep: string } }).error
}
