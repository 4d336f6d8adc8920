import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { refuseMissing } from '../start-launcher.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { wholeNumber } from '../whole-number.ts'

/** `slipway serve [--port]`: the launcher in the foreground. Ctrl-C ends it; bots go on. */
export async function serve(cli: Cli, options: { port?: string }): Promise<number> {
  const port = options.port === undefined ? undefined : wholeNumber(options.port, '--port', 0, 65_535)
  const layout = openCliHome(cli)
  if (!existsSync(cli.launcherProgram)) refuseMissing(cli.launcherProgram)
  const child = spawn(
    cli.node,
    [cli.launcherProgram, '--no-open', '--home', layout.root, ...(port === undefined ? [] : ['--port', String(port)])],
    { stdio: 'inherit', env: cli.env },
  )
  // The terminal sends Ctrl-C to both; we only wait for the launcher to end in its own time.
  cli.interruption().addEventListener('abort', () => void child.kill('SIGTERM'))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}
