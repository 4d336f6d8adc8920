import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { repoRoot } from '../../support/repo-root.ts'
import { tempHome } from '../../support/temp-home.ts'

const run = promisify(execFile)
const dist = join(repoRoot, 'dist')

type Imports = Readonly<{ builtins: string[]; packages: string[]; files: string[] }>

async function importsOf(file: string): Promise<Imports> {
  const module = join(repoRoot, 'scripts', 'package', 'bundle-imports.mjs')
  const script = `
    const { importsOf } = await import(${JSON.stringify(module)})
    console.log(JSON.stringify(importsOf(process.argv[1])))
  `
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, file], { cwd: repoRoot })
  return JSON.parse(stdout) as Imports
}

/** An Electron that writes down what it is asked for, and is never ready. */
const ELECTRON = `
  const calls = []
  const said = (name) => (...args) => { calls.push(name); return name === 'requestSingleInstanceLock' ? true : undefined }
  const app = new Proxy({ isPackaged: false }, {
    get: (known, name) => name in known ? known[name]
      : name === 'whenReady' ? () => { console.log(JSON.stringify(calls)); return new Promise(() => {}) }
      : name === 'getAppPath' ? () => '/app' : said(name),
  })
  module.exports = { app, protocol: { registerSchemesAsPrivileged: said('registerSchemesAsPrivileged') }, dialog: {} }
`

describe('the compiled shell', () => {
  it('asks for Electron and for what Node has built in, and for no file but itself', async () => {
    const { packages, files, builtins } = await importsOf(join(dist, 'shell.cjs'))
    expect(packages).toEqual(['electron'])
    expect(files).toEqual([])
    expect(builtins).toContain('node:http')
  })

  it('starts the launcher from a helper that is nothing but Node', async () => {
    expect(await importsOf(join(dist, 'shell-hop.cjs'))).toEqual({
      ...{ packages: [], files: [], builtins: ['node:child_process', 'node:fs'] },
    })
  })

  it('has no native module and no SQLite in it', () => {
    const text = readFileSync(join(dist, 'shell.cjs'), 'utf8')
    for (const sign of ['better-sqlite3', 'process.dlopen']) expect(text.includes(sign), sign).toBe(false)
  })

  it('has said everything that must be said early by the time it waits for Electron', async () => {
    const folder = tempHome()
    const home = tempHome()
    writeFileSync(join(folder, 'electron.cjs'), ELECTRON)
    writeFileSync(
      join(folder, 'as-electron.cjs'),
      `const Module = require('node:module'); const find = Module._resolveFilename
       Module._resolveFilename = (name, ...rest) => name === 'electron' ? ${JSON.stringify(join(folder, 'electron.cjs'))} : find(name, ...rest)`,
    )
    const { stdout } = await run(
      process.execPath,
      ['--require', join(folder, 'as-electron.cjs'), join(dist, 'shell.cjs')],
      {
        env: { ...process.env, SLIPWAY_HOME: home },
      },
    )
    const calls = JSON.parse(stdout) as string[]
    expect(calls[0]).toBe('registerSchemesAsPrivileged')
    expect(calls).toEqual(expect.arrayContaining(['enableSandbox', 'setPath', 'requestSingleInstanceLock']))
    expect(calls.indexOf('setPath')).toBeLessThan(calls.indexOf('requestSingleInstanceLock'))
    expect(existsSync(join(home, 'desktop'))).toBe(true)
  })
})
