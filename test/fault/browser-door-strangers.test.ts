import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SESSION_HEADER } from '../../src/contracts/launcher-api.ts'
import { knock, openSessionAt, type SessionHeaders } from '../support/knock.ts'
import { launcherProcess, newHome } from '../support/launched.ts'
import { doorRoutes } from '../support/launcher-routes.ts'
import { programOf } from '../support/programs/programs.ts'

const NOBODY = '65534'

/** Why nothing can be done as another user here; undefined where it can. */
function whyNoOther(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has setpriv'
  if (process.getuid?.() !== 0) return 'only root may become another user'
  const { status } = asNobody('process.exit(process.getuid() === 65534 ? 0 : 1)')
  return status === 0 ? undefined : 'setpriv can not run Node as nobody'
}

function asNobody(script: string) {
  const became = ['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', '--no-new-privs']
  return spawnSync('setpriv', [...became, process.execPath, '--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: '/',
    env: { PATH: process.env.PATH ?? '' },
  })
}

const why = whyNoOther()
if (why) console.log(`Skipped: another user of the computer (${why})`)

/** W2 of the fault matrix: another user of this computer, and what is left lying about of a session. */
describe('beside a running launcher', () => {
  const layout = newHome()
  let launcher: Awaited<ReturnType<typeof launcherProcess>>
  let port: number
  let code: string
  let session: SessionHeaders

  beforeAll(async () => {
    launcher = await launcherProcess(layout, programOf('launcher-of-fakes'), ['--no-open'])
    const url = await launcher.ready
    port = Number(new URL(url).port)
    code = new URLSearchParams(new URL(url).hash.slice(1)).get('code')!
    session = await openSessionAt(url)
    const headers = { ...session, origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' }
    for (const { method, path } of doorRoutes())
      if (!path.includes('shutdown') && path !== '/api/session')
        await knock(port, { method, path, headers, ...(method === 'GET' ? {} : { body: '{}' }) })
  })
  afterAll(async () => {
    launcher.child.kill('SIGTERM')
    await launcher.exited
    rmSync(layout.root, { recursive: true, force: true })
  })

  describe.runIf(why === undefined)('another user', () => {
    /** What a script of theirs prints, as JSON. */
    function their<T>(script: string): T {
      const { stdout, stderr } = asNobody(script)
      if (stdout === '') throw new Error(stderr)
      return JSON.parse(stdout) as T
    }

    it('reaches the loopback port, and is told nothing of the API there', () => {
      const paths = doorRoutes().filter(({ isOpen, method }) => !isOpen && method === 'GET')
      const statuses = their<number[]>(`
        import { request } from 'node:http'
        const ask = (path) => new Promise((resolve) => request(
          { host: '127.0.0.1', port: ${port}, path, agent: false },
          (answer) => { resolve(answer.statusCode); answer.destroy() }).end())
        const statuses = []
        for (const path of ${JSON.stringify(paths.map(({ path }) => path))}) statuses.push(await ask(path))
        console.log(JSON.stringify(statuses))`)
      expect(statuses.length).toBeGreaterThan(10)
      expect(new Set(statuses)).toEqual(new Set([401]))
    })

    it("can't reach the launcher's socket", () => {
      expect(
        their(`
        import { connect } from 'node:net'
        connect(${JSON.stringify(layout.launcherEndpoint)})
          .on('connect', () => { console.log('"connected"'); process.exit() })
          .on('error', (error) => console.log(JSON.stringify(error.code)))`),
      ).toBe('EACCES')
    })

    it('can read nothing below the home', () => {
      writeFileSync(layout.vault, 'sealed')
      const files = [layout.vault, layout.sessions, layout.launcherPort, layout.launcherLog, layout.root, layout.run]
      expect(
        their<string[]>(`
        import { openSync } from 'node:fs'
        console.log(JSON.stringify(${JSON.stringify(files)}.map((file) => {
          try { openSync(file); return file } catch (error) { return error.code } })))`),
      ).toEqual(files.map(() => 'EACCES'))
      rmSync(layout.vault)
    })

    it('sees no code and no token in the process', () => {
      const seen = their<string[]>(`
        import { readFileSync } from 'node:fs'
        console.log(JSON.stringify(['cmdline', 'environ', 'maps'].map((file) => {
          try { return readFileSync('/proc/${launcher.child.pid}/' + file, 'latin1') } catch (error) { return error.code } })))`)
      for (const secret of [code, session[SESSION_HEADER], session.cookie.split('=')[1]!])
        for (const text of seen) expect(text).not.toContain(secret)
      expect(seen[1]).toBe('EACCES')
    })
  })

  it('no code, token or cookie is in any file of the home, the log first', () => {
    const secrets = [code, session[SESSION_HEADER], session.cookie.split('=')[1]!]
    const files = readdirSync(layout.root, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    expect(files.some(({ name }) => name === 'launcher.log')).toBe(true)
    for (const { parentPath, name } of files) {
      const text = readFileSync(join(parentPath, name), 'latin1')
      for (const secret of secrets) expect(text.includes(secret), name).toBe(false)
    }
  })

  it('nothing that was printed has a token in it, and the code only in the address for its user', () => {
    const said = launcher.output()
    for (const secret of [session[SESSION_HEADER], session.cookie.split('=')[1]!]) expect(said).not.toContain(secret)
    expect(said.split(code)).toHaveLength(2)
  })
})
