import { join, resolve } from 'node:path'
import { defaultHome } from '../../adapters/home/layout.ts'
import { syncRootsOf } from '../../adapters/home/open-home.ts'
import { epochMs } from '../../domain/units/units.ts'
import { runCli } from './run-cli.ts'

/** A program of ours: a bundle beside this one, or its source when this runs from source. */
function programFile(app: 'launcher' | 'bot' | 'cloud'): string {
  const isSource = import.meta.filename.endsWith('.ts')
  if (isSource) return resolve(import.meta.dirname, '..', app, 'main.ts')
  return join(import.meta.dirname, app === 'bot' ? 'bot.cjs' : `${app}.mjs`)
}

/** Takes Ctrl-C over from Node; a second one ends the program at once. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130)
      controller.abort()
    })
  return controller.signal
}

// A reader that has seen enough (`| head`) closes the pipe; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.stderr.on('error', () => undefined)

const exitCode = await runCli(process.argv.slice(2), {
  home: defaultHome(process.env, process.platform),
  syncRoots: syncRootsOf(process.env),
  env: process.env,
  plain: (process.env.NO_COLOR ?? '') !== '' || process.env.TERM === 'dumb',
  workingFolder: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => epochMs(Date.now()),
  interruption,
  node: process.execPath,
  launcherProgram: programFile('launcher'),
  botProgram: programFile('bot'),
  cloudProgram: programFile('cloud'),
})
// Connections may be open still; what was written must be out before they are cut.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))))
process.exit(exitCode)
