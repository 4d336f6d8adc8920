import type { Readable } from 'node:stream'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { openHome } from '../../adapters/home/open-home.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { Output, OutputStream } from './output.ts'

/** Everything outside the program that a command may touch; the entry point fills it once. */
export type Surroundings = Readonly<{
  /** SLIPWAY_HOME or the platform's default; not opened yet. */
  home: string
  syncRoots: readonly string[]
  /** Handed on to the launcher that we start, and looked at nowhere else. */
  env: NodeJS.ProcessEnv
  /** NO_COLOR was set. */
  plain: boolean
  workingFolder: string
  stdin: Readable & { isTTY?: boolean; setRawMode?: (isRaw: boolean) => unknown }
  stdout: OutputStream
  stderr: OutputStream
  now: () => EpochMs
  /** Aborts at Ctrl-C. Until a command listens, Ctrl-C ends the program as usual. */
  interruption: () => AbortSignal
  /** The pinned Node, and the programs it runs. */
  node: string
  launcherProgram: string
  botProgram: string
  cloudProgram: string
}>

/** What one command works with. */
export type Cli = Surroundings & Readonly<{ out: Output }>

/**
 * The home, made ready.
 *
 * @throws {Refused} home-unsuitable, home-read-only, disk-full
 */
export function openCliHome({ home, syncRoots }: Cli): HomeLayout {
  return openHome(home, { syncRoots })
}
