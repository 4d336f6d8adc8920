import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { refuse } from '../../../domain/failure/refusal.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { wholeNumber } from '../whole-number.ts'

export type ServeOptions = { port?: string; host?: string; data?: string; keys?: string; behindProxy?: boolean }

/** `slipway cloud serve`: a cloud for others in the foreground, until Ctrl-C. */
export async function cloudServe(cli: Cli, options: ServeOptions): Promise<number> {
  const { host, data, keys, behindProxy } = options
  const port = options.port === undefined ? undefined : wholeNumber(options.port, '--port', 0, 65_535)
  if (!existsSync(cli.cloudProgram))
    refuse('internal', `The cloud's program ${cli.cloudProgram} is missing.`, 'Build it with: npm run build')
  const given = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value])
  const path = (value: string | undefined) => (value === undefined ? undefined : resolve(cli.workingFolder, value))
  const args = [
    ...['--home', openCliHome(cli).root],
    ...given('--port', port === undefined ? undefined : String(port)),
    ...given('--host', host),
    ...given('--data', path(data)),
    ...given('--keys', path(keys)),
    ...(behindProxy === true ? ['--behind-proxy'] : []),
  ]
  const child = spawn(cli.node, [cli.cloudProgram, ...args], { stdio: 'inherit', env: cli.env })
  // The terminal sends Ctrl-C to both; we only wait for the server to end in its own time.
  cli.interruption().addEventListener('abort', () => void child.kill('SIGTERM'))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}
