import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

/** A program that outlives whoever starts it. */
export type DetachedProgram = Readonly<{
  program: string
  args: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
  /** File for what it writes to its standard output and error. */
  output: string
}>

/** Starts it in a session of its own, with no descriptor but its three standard ones. */
export function spawnDetached({ program, args, cwd, env, output }: DetachedProgram): ChildProcess {
  const fd = openSync(output, 'w', 0o600)
  try {
    const child = spawn(program, args, { detached: true, stdio: ['ignore', fd, fd], windowsHide: true, cwd, env })
    child.unref()
    return child
  } finally {
    closeSync(fd)
  }
}

/** What the hop tells of the program it started. */
export type HopWord = Readonly<{ kind: 'started'; pid: number } | { kind: 'failed'; why: string } | { kind: 'ended' }>
