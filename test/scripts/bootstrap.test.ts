import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scratchCheckout } from '../support/scratch-checkout.ts'

const BOOTSTRAP = 'scripts/bootstrap.mjs'
const SLIPWAY = 'bin/slipway.mjs'

/** Answers with its arguments; "wait" makes it stay until a signal, "exit N" makes it end with N. */
const APP = `
  const [what, n] = process.argv.slice(2)
  if (what === 'wait') {
    const stay = setInterval(() => {}, 1000)
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { console.log('got ' + signal); clearInterval(stay) })
  }
  console.log('ready ' + process.argv.slice(2).join(' '))
  if (what === 'exit') process.exit(Number(n))
`

// Symbolic links to a program need a privilege on Windows; the scripts themselves make none there.
describe.skipIf(process.platform === 'win32')('the bootstrap script', () => {
  let checkout: ReturnType<typeof scratchCheckout>

  beforeEach(() => {
    checkout = scratchCheckout(APP)
  })
  afterEach(() => checkout.remove())

  describe('installing', () => {
    it('installs once, from the lock file, and keeps stdout for the answer', async () => {
      const first = await checkout.run(BOOTSTRAP, ['start', '--no-open'])
      expect(first).toMatchObject({ code: 0, stdout: 'ready --no-open\n' })
      expect(first.stderr).toContain('Installing packages')
      await checkout.run(BOOTSTRAP, ['start'])
      expect(checkout.npmCalls()).toEqual(['ci --include=dev --no-audit --no-fund'])
    })

    it('installs again when the lock file changed', async () => {
      await checkout.run(BOOTSTRAP, ['build'])
      checkout.write('package-lock.json', '{ "lockfileVersion": 3, "packages": {} }')
      await checkout.run(BOOTSTRAP, ['build'])
      expect(checkout.npmCalls()).toHaveLength(2)
    })

    it('installs again when an install was cut short', async () => {
      await checkout.run(BOOTSTRAP, ['build'])
      rmSync(join(checkout.root, 'node_modules/.slipway-lock-hash'))
      await checkout.run(BOOTSTRAP, ['build'])
      expect(checkout.npmCalls()).toHaveLength(2)
    })

    it('has nothing to do after a plain npm ci, which runs its prepare step', async () => {
      await checkout.run(BOOTSTRAP, ['build'])
      rmSync(join(checkout.root, 'node_modules/.slipway-lock-hash'))
      rmSync(join(checkout.root, 'node_modules/.bin/slipway'))
      await checkout.run(BOOTSTRAP, ['prepare'])
      await checkout.run(BOOTSTRAP, ['build'])
      expect(checkout.npmCalls()).toHaveLength(1)
      expect(existsSync(join(checkout.root, 'node_modules/.bin/slipway'))).toBe(true)
    })

    it.each(['npm_config_dry_run', 'npm_config_package_lock_only'])(
      'is not fooled by an npm that only pretends (%s)',
      async (flag) => {
        await checkout.run(BOOTSTRAP, ['build'])
        checkout.write('package-lock.json', '{ "lockfileVersion": 3, "packages": {} }')
        await checkout.run(BOOTSTRAP, ['prepare'], { [flag]: 'true' })
        await checkout.run(BOOTSTRAP, ['build'])
        expect(checkout.npmCalls()).toHaveLength(2)
      },
    )

    it('fetches the pinned Node itself where npm runs no install scripts', async () => {
      const { code, stdout } = await checkout.run(BOOTSTRAP, ['start'], { FAKE_NPM: 'no-scripts' })
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'ready \n' })
    })

    it('says in one sentence that it failed, what to do, and the end of the log', async () => {
      const { code, stdout, stderr } = await checkout.run(BOOTSTRAP, ['start'], { FAKE_NPM: 'offline' })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain('slipway: The packages could not be installed. Check the network')
      expect(stderr).toContain('npm error line 40')
      expect(stderr).not.toContain('npm error line 9\n')
      expect(stderr).not.toContain('at ')
    })

    it('says that npm is missing', async () => {
      const bare = join(checkout.root, 'bare')
      mkdirSync(bare)
      const env = { npm_execpath: undefined, npm_node_execpath: undefined, PATH: bare }
      const { code, stderr } = await checkout.run(BOOTSTRAP, ['start'], env)
      expect(code).toBe(1)
      expect(stderr).toContain('slipway: npm was not found. Install Node.js 18 or later together with npm')
    })

    it('refuses a Node that is too old, before it needs anything of it', async () => {
      checkout.write(
        'old.cjs',
        "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '16.20.2' } })",
      )
      const { code, stderr } = await checkout.run(BOOTSTRAP, ['start'], {}, [
        '--require',
        join(checkout.root, 'old.cjs'),
      ])
      expect(code).toBe(1)
      expect(stderr).toBe(
        'slipway: Node.js 16.20.2 is too old. Install Node.js 18 or later from https://nodejs.org and run the command again.\n',
      )
    })

    it('refuses a command it does not have', async () => {
      const { code, stderr } = await checkout.run(BOOTSTRAP, ['launch'])
      expect(code).toBe(1)
      expect(stderr).toContain(
        'There is no command "launch". Use npm start, npm test, npm run build, npm run bench, npm run fault or npm run package.',
      )
    })
  })

  describe('building', () => {
    it('builds each part once while nothing changes', async () => {
      await checkout.run(BOOTSTRAP, ['build'])
      await checkout.run(BOOTSTRAP, ['build'])
      expect(checkout.builds()).toEqual(['node', 'page'])
    })

    it('builds only what an edit makes stale', async () => {
      await checkout.run(BOOTSTRAP, ['build'])
      checkout.write('renderer/index.html', '<p>new')
      await checkout.run(BOOTSTRAP, ['build'])
      expect(checkout.builds()).toEqual(['node', 'page', 'page'])
    })

    it('looks at content, so a touched file is not an edit', async () => {
      await checkout.run(BOOTSTRAP, ['build'])
      utimesSync(join(checkout.root, 'src/app.txt'), new Date(0), new Date(0))
      await checkout.run(BOOTSTRAP, ['build'])
      expect(checkout.builds()).toEqual(['node', 'page'])
    })

    it('builds again what somebody deleted', async () => {
      await checkout.run(BOOTSTRAP, ['build'])
      rmSync(join(checkout.root, 'dist/bot.cjs'))
      await checkout.run(BOOTSTRAP, ['build'])
      expect(checkout.builds()).toEqual(['node', 'node', 'page'])
    })

    it('keeps the chunks of older builds for bots that still run from them', async () => {
      await checkout.run(BOOTSTRAP, ['build'])
      writeFileSync(join(checkout.root, 'dist/winston-B9MkiFMr.mjs'), '')
      writeFileSync(join(checkout.root, 'dist/winston-A0000000.mjs'), '')
      utimesSync(join(checkout.root, 'dist/winston-A0000000.mjs'), new Date(0), new Date(0))
      checkout.write('src/app.txt', `${APP}// edited`)
      await checkout.run(BOOTSTRAP, ['build'])
      expect(existsSync(join(checkout.root, 'dist/winston-B9MkiFMr.mjs'))).toBe(true)
      expect(existsSync(join(checkout.root, 'dist/winston-A0000000.mjs'))).toBe(false)
    })

    it('lets two commands started together install and build once', async () => {
      const ended = await Promise.all([1, 2, 3].map(() => checkout.run(BOOTSTRAP, ['start'])))
      expect(ended.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
        Array(3).fill({ code: 0, stdout: 'ready \n' }),
      )
      expect(checkout.npmCalls()).toHaveLength(1)
      expect(checkout.builds()).toEqual(['node', 'page'])
    })

    it('is not held up by a build that was killed', async () => {
      mkdirSync(join(checkout.root, 'out/install-or-build.lock'), { recursive: true })
      const gone = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim()
      checkout.write('out/install-or-build.lock/pid', gone)
      expect(await checkout.run(BOOTSTRAP, ['build'])).toMatchObject({ code: 0 })
    })

    it('shows why a build failed and leaves the last good one in place', async () => {
      await checkout.run(BOOTSTRAP, ['build'])
      checkout.write('src/app.txt', 'syntax error')
      const { code, stderr } = await checkout.run(BOOTSTRAP, ['start'])
      expect(code).toBe(1)
      expect(stderr).toContain('app.txt: unexpected end')
      expect(stderr).toContain(
        'slipway: The launcher, bot and command line could not be built. Mend what is shown above',
      )
      expect(readFileSync(join(checkout.root, 'dist/launcher.mjs'), 'utf8')).toBe(APP)
    })
  })

  describe.each([
    ['on the pinned Node', {}],
    ['on another Node', { FAKE_PINNED: '99.0.0' }],
  ])('handing over %s', (_where, env) => {
    it('passes arguments and the exit code on', async () => {
      expect(await checkout.run(BOOTSTRAP, ['start', 'exit', '7'], env)).toMatchObject({
        code: 7,
        stdout: 'ready exit 7\n',
      })
    })

    it.each(['SIGINT', 'SIGTERM'] as const)('ends by %s when the program does', async (signal) => {
      const { child, ended, saysOnStdout } = checkout.begin(BOOTSTRAP, ['start', 'wait'], env)
      await saysOnStdout('ready wait')
      child.kill(signal)
      expect(await ended).toMatchObject({ code: 0, stdout: `ready wait\ngot ${signal}\n` })
    })
  })

  describe('the slipway command', () => {
    it('installs and builds first, and answers on a clean stdout', async () => {
      expect(await checkout.run(SLIPWAY, ['status', '--json'])).toMatchObject({
        code: 0,
        stdout: 'ready status --json\n',
      })
    })

    it('has the exit code of the program', async () => {
      expect(await checkout.run(SLIPWAY, ['exit', '3'])).toMatchObject({ code: 3 })
      expect(await checkout.run(SLIPWAY, ['exit', '3'], { FAKE_PINNED: '99.0.0' })).toMatchObject({ code: 3 })
    })

    it('can be called through the link that npx looks for', async () => {
      await checkout.run(BOOTSTRAP, ['build'])
      const link = join(checkout.root, 'node_modules/.bin/slipway')
      expect(execFileSync(link, ['status'], { encoding: 'utf8' })).toBe('ready status\n')
    })

    it('goes on with the last good build while an edit does not build', async () => {
      await checkout.run(BOOTSTRAP, ['build'])
      checkout.write('src/app.txt', 'syntax error')
      const { code, stdout, stderr } = await checkout.run(SLIPWAY, ['stop', '--all'])
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'ready stop --all\n' })
      expect(stderr).toContain('going on with the last version that could be built')
    })

    it('fails when there is no build to go on with', async () => {
      checkout.write('src/app.txt', 'syntax error')
      expect(await checkout.run(SLIPWAY, ['status'])).toMatchObject({ code: 1, stdout: '' })
    })
  })
})
