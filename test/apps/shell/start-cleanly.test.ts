import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cleanEnvironment } from '../../../src/apps/shell/launcher/clean-environment.ts'
import { cleanStart } from '../../../src/apps/shell/launcher/start-cleanly.ts'
import { fakeElectron } from '../../support/electron/fake-electron.ts'
import { HOP, until } from '../../support/electron/shell-on.ts'
import { isAlive } from '../../support/launched.ts'
import { tempHome } from '../../support/temp-home.ts'

/** Writes down what it was given, and stays until it is killed. */
const PROGRAM = `
  const fs = require('node:fs')
  const fds = fs.existsSync('/proc/self/fd') ? fs.readdirSync('/proc/self/fd') : []
  const open = fds.flatMap((fd) => { try { return [fd + ' ' + fs.readlinkSync('/proc/self/fd/' + fd)] } catch { return [] } })
  fs.writeFileSync('seen.json', JSON.stringify({ open, cwd: process.cwd(), env: process.env, ppid: process.ppid }))
  console.log('its own words')
  setInterval(() => {}, 1000)
`

async function started(platform: NodeJS.Platform) {
  const desktop = fakeElectron()
  await desktop.startsReady()
  const cwd = tempHome()
  writeFileSync(join(cwd, 'program.cjs'), PROGRAM)
  const program = {
    ...{ program: process.execPath, args: [join(cwd, 'program.cjs')], cwd, output: join(cwd, 'output.txt') },
    env: cleanEnvironment({ PATH: process.env.PATH, ELECTRON_RUN_AS_NODE: '1' }),
  }
  const one = await cleanStart(desktop.electron, platform, HOP)(program)
  onTestFinished(() => {
    try {
      process.kill(one.pid, 'SIGKILL')
    } catch {
      // Ended already.
    }
  })
  type Seen = { open: string[]; cwd: string; env: Record<string, string>; ppid: number }
  const seen = await until(() => {
    try {
      return JSON.parse(readFileSync(join(cwd, 'seen.json'), 'utf8')) as Seen
    } catch {
      return undefined
    }
  })
  return { desktop, one, seen, cwd, program }
}

describe.each(['linux', 'win32', 'darwin'] as const)(
  'starting a program that outlives the window, as on %s',
  (platform) => {
    it('goes on when the window’s helper is gone, and keeps its words in a file', async () => {
      const { desktop, one, cwd } = await started(platform)
      expect(desktop.utilities).toHaveLength(platform === 'darwin' ? 0 : 1)
      const [helper] = desktop.utilities
      const gone = helper && once(helper, 'exit')
      one.leave()
      await gone
      expect(isAlive(one.pid)).toBe(true)
      await until(() => readFileSync(join(cwd, 'output.txt'), 'utf8').includes('its own words'))
    })
  },
)

describe('starting a program that outlives the window', () => {
  it.skipIf(process.platform !== 'linux')('gives it its three descriptors and none of ours', async () => {
    // Something of ours that a child must not keep open, as Chromium's debugging port.
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { seen, cwd } = await started('linux')
    const inherited = seen.open.filter((it) => !/anon_inode|eventfd|eventpoll|pipe:|io_uring/.test(it))
    const files = inherited.map((it) => it.split(' '))
    expect(files.filter(([fd]) => Number(fd) <= 2).map(([, to]) => to)).toEqual([
      '/dev/null',
      join(cwd, 'output.txt'),
      join(cwd, 'output.txt'),
    ])
    // What Node opens itself: the folder it reads just now, and /dev/null.
    expect(files.filter(([fd, to]) => Number(fd) > 2 && !/^\/(dev\/null|proc\/)/.test(to!))).toEqual([])
  })

  it('tells the helper its task by message, so that nothing of it is on a command line', async () => {
    const { desktop, seen, cwd } = await started('linux')
    expect(desktop.utilities[0]).toMatchObject({ module: HOP, options: { stdio: 'ignore' } })
    expect(seen.cwd).toBe(cwd)
    expect(seen.env).not.toHaveProperty('ELECTRON_RUN_AS_NODE')
  })

  it('says why where it can’t be started', async () => {
    const desktop = fakeElectron()
    await desktop.startsReady()
    const cwd = tempHome()
    const program = { program: join(cwd, 'nothing'), args: [], cwd, output: join(cwd, 'output.txt'), env: {} }
    for (const platform of ['linux', 'darwin'] as const)
      await expect(cleanStart(desktop.electron, platform, HOP)(program)).rejects.toThrow(/ENOENT/)
  })
})

describe('the environment of a launcher', () => {
  it('has nothing of Electron, and no folder of an AppImage that is unmounted', () => {
    const mount = '/tmp/.mount_SlipwaX1'
    const env = cleanEnvironment({
      ...{ HOME: '/home/anna', NODE_EXTRA_CA_CERTS: '/etc/ca.pem', ELECTRON_RUN_AS_NODE: '1', CHROME_DESKTOP: 'x' },
      ...{ NODE_OPTIONS: '--inspect', APPDIR: mount, APPIMAGE: '/opt/Slipway.AppImage', OWD: '/', ARGV0: 'x' },
      ...{ LD_LIBRARY_PATH: `${mount}/usr/lib`, PATH: `${mount}/usr/bin:/usr/bin:/bin`, EMPTY: '', GONE: undefined },
    })
    expect(env).toEqual({
      ...{ HOME: '/home/anna', NODE_EXTRA_CA_CERTS: '/etc/ca.pem', PATH: '/usr/bin:/bin', EMPTY: '' },
    })
  })
})
