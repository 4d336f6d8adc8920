import { spawn, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { repoRoot } from './repo-root.ts'

export type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>

/** Programs that stand in for npm, the bundlers and the test runners. */
const STAND_INS = join(repoRoot, 'test', 'fixtures', 'scratch-checkout')

/**
 * A checkout with our scripts, where npm, the bundlers and the test runners are programs that only write down that they ran.
 *
 * @param app text of every bundle: the program that `npm start` and `npx slipway` end up running
 */
export function scratchCheckout(app: string) {
  const root = mkdtempSync(join(tmpdir(), 'slipway-checkout-'))
  const children: ChildProcess[] = []
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const lines = (path: string) =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8').trimEnd().split('\n') : []

  for (const part of ['scripts', 'bin']) cpSync(join(repoRoot, part), join(root, part), { recursive: true })
  chmodSync(join(root, 'bin', 'slipway.mjs'), 0o755)
  write('package.json', '{ "type": "module" }')
  write('package-lock.json', '{ "lockfileVersion": 3 }')
  write('renderer/index.html', '<p>')
  write('src/app.txt', app)
  cpSync(STAND_INS, join(root, 'npm'), { recursive: true })
  renameSync(join(root, 'npm', 'npm-cli.cjs'), join(root, 'npm', 'npm-cli.js'))
  write('npm/package.json', '{ "type": "commonjs" }')

  const begin = (file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, node: readonly string[] = []) => {
    const child = spawn(process.execPath, [...node, join(root, file), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        npm_execpath: join(root, 'npm', 'npm-cli.js'),
        npm_node_execpath: process.execPath,
        npm_lifecycle_event: undefined,
        REAL_NODE: process.execPath,
        REAL_NODE_VERSION: process.versions.node,
        ...env,
      },
    })
    children.push(child)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code) => resolve({ code, stdout, stderr }))
    })
    const saysOnStdout = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => stdout.includes(text) && resolve()
        child.stdout.on('data', look)
        child.once('close', () => reject(new Error(`ended before it said "${text}": ${stdout}${stderr}`)))
        look()
      })
    return { child, ended, saysOnStdout }
  }

  return {
    root,
    write,
    npmCalls: () => lines('npm-calls'),
    builds: () => lines('builds').sort(),
    begin,
    run: (file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, node: readonly string[] = []) =>
      begin(file, args, env, node).ended,
    remove() {
      for (const child of children) child.kill('SIGKILL')
      rmSync(root, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
