import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { repoRoot } from './repo-root.ts'

export type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>

/** Stands in for the npm program: writes down each call and installs a pinned Node that is this very Node. */
const NPM = `
  const { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } = require('node:fs')
  const { join } = require('node:path')
  appendFileSync(join(process.cwd(), 'npm-calls'), process.argv.slice(2).join(' ') + '\\n')
  if (process.env.FAKE_NPM === 'offline') {
    for (let line = 1; line <= 40; line += 1) console.error('npm error line ' + line)
    process.exit(1)
  }
  rmSync('node_modules', { recursive: true, force: true })
  const put = (path, text) => {
    mkdirSync(join('node_modules', path, '..'), { recursive: true })
    writeFileSync(join('node_modules', path), text)
  }
  put('node/package.json', JSON.stringify({ version: process.env.FAKE_PINNED ?? '${process.versions.node}' }))
  const linkNode = 'require("node:fs").mkdirSync("bin", { recursive: true }); require("node:fs").symlinkSync(' + JSON.stringify(process.env.REAL_NODE) + ', "bin/node")'
  put('node/installArchSpecificPackage.js', linkNode)
  if (process.env.FAKE_NPM !== 'no-scripts') {
    mkdirSync('node_modules/node/bin', { recursive: true })
    symlinkSync(process.env.REAL_NODE, 'node_modules/node/bin/node')
  }
  const tool = (marker, entries) => \`
    const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs')
    appendFileSync('builds', '\${marker}\\\\n')
    const args = process.argv
    const out = args[args.findIndex((arg) => arg === '-d' || arg === '--outDir') + 1]
    const source = readFileSync('src/app.txt', 'utf8')
    if (source.includes('syntax error')) { console.error('app.txt: unexpected end'); process.exit(1) }
    for (const name of \${JSON.stringify(entries)}) writeFileSync(out + '/' + name, source)
  \`
  put('rolldown/package.json', '{}')
  put('rolldown/bin/cli.mjs', "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" + tool('node', ['bot.mjs', 'launcher.mjs', 'cli.mjs']))
  put('vite/bin/vite.js', tool('page', ['index.html']))
`

/**
 * A checkout with our scripts, where npm and the bundlers are programs that only write down that they ran.
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
  write('npm/package.json', '{ "type": "commonjs" }')
  write('npm/npm-cli.js', NPM)

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
