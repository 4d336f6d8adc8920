import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { chooseCloudServer } from '../../../src/adapters/cloud/cloud-server.ts'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import { keepLocalCloud } from '../../../src/apps/launcher/local-cloud.ts'
import { isAlive } from '../../support/launched.ts'
import { askCloud } from '../../support/running-cloud.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

const PATIENCE = { timeout: 60_000, interval: 20 }

function kept({
  entry = programOf('cloud'),
  home = tempHome(),
  ...times
}: { entry?: string; home?: string; endMs?: number } = {}) {
  const layout = openHome(home)
  const said: string[] = []
  const cloud = keepLocalCloud({
    layout,
    program: { node: process.execPath, entry, env: process.env },
    log: { info: (_, message) => void said.push(message), warn: (_, message) => void said.push(message) },
    elapsed: () => performance.now(),
    ...times,
  })
  onTestFinished(() => cloud.close())
  return { layout, cloud, said }
}

function program(home: string, text: string): string {
  const file = join(home, 'program.mjs')
  writeFileSync(file, text)
  return file
}

describe('the local cloud', () => {
  it('runs beside the launcher, answers on its private socket, and ends with it', async () => {
    const { layout, cloud } = kept()
    await expect.poll(() => cloud.state().kind, PATIENCE).toBe('running')
    const state = cloud.state()
    expect((await askCloud(layout.cloudEndpoint, '/ready')).body).toMatchObject({ ready: true })
    await cloud.close()
    expect(state.kind === 'running' && isAlive(state.pid)).toBe(false)
    await expect(askCloud(layout.cloudEndpoint, '/ready')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is not run while a team’s cloud or none is used, and follows a change of mind', async () => {
    const { layout, cloud } = kept()
    await chooseCloudServer(layout, { kind: 'none' })
    await new Promise((done) => setTimeout(done, 1_200))
    expect(cloud.state()).toEqual({ kind: 'off' })
    await chooseCloudServer(layout, { kind: 'local' })
    await expect.poll(() => cloud.state().kind, PATIENCE).toBe('running')
    await chooseCloudServer(layout, { kind: 'none' })
    await expect.poll(() => cloud.state(), PATIENCE).toEqual({ kind: 'off' })
  })

  it('ends when the launcher is killed, and the next launcher runs one on what it left', async () => {
    const home = tempHome()
    const layout = openHome(home)
    const keeper = programOf('keep-local-cloud')
    const launcher = spawn(process.execPath, [keeper, home, programOf('cloud')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(launcher.stdout, 'data')) as [Buffer]
    const keys = (await askCloud(layout.cloudEndpoint, '/api/license/keys')).body as { keys: unknown[] }
    launcher.kill('SIGKILL')
    const next = kept({ home })
    await expect.poll(() => isAlive(Number(line.toString())), PATIENCE).toBe(false)
    await expect.poll(() => next.cloud.state().kind, PATIENCE).toBe('running')
    const again = (await askCloud(layout.cloudEndpoint, '/api/license/keys')).body as { keys: unknown[] }
    expect(again.keys).toEqual(keys.keys)
  })

  it('is let alone for a while when its program is missing', async () => {
    const { cloud, said } = kept({ entry: '/does/not/exist.mjs' })
    await expect.poll(() => cloud.state().kind, PATIENCE).toBe('resting')
    expect(said.join()).toContain('npm run build')
  })

  it('comes back after it died, and says its last words', async () => {
    const home = tempHome()
    const entry = program(home, `console.error('out of luck'); process.exit(3)`)
    const { layout, cloud, said } = kept({ home, entry })
    await expect.poll(() => cloud.state().kind, PATIENCE).toBe('resting')
    const resting = cloud.state()
    expect(resting).toMatchObject({ problem: { message: 'out of luck' }, restMs: expect.any(Number) as number })
    expect(resting.kind === 'resting' && resting.problem.nextStep).toContain(layout.cloudLog)
    expect(said.join()).toContain('The local cloud does not run: out of luck')
    program(home, `console.log('ready'); process.stdin.resume().on('end', () => process.exit())`)
    await expect.poll(() => cloud.state().kind, PATIENCE).toBe('running')
    const running = cloud.state()
    if (running.kind === 'running') process.kill(running.pid, 'SIGKILL')
    await expect.poll(() => said.filter((line) => line === 'The local cloud runs').length, PATIENCE).toBe(2)
  })

  it('is starting from the moment it is wanted until it answers, and says why it has to start again', async () => {
    const home = tempHome()
    const entry = program(home, `console.error('out of luck'); setTimeout(() => process.exit(3), 300)`)
    const { layout, cloud } = kept({ home, entry })
    expect(cloud.state()).toEqual({ kind: 'starting' })
    await expect
      .poll(() => cloud.state(), PATIENCE)
      .toMatchObject({ kind: 'starting', problem: { message: 'out of luck' } })
    await chooseCloudServer(layout, { kind: 'none' })
    await expect.poll(() => cloud.state(), PATIENCE).toEqual({ kind: 'off' })
    await chooseCloudServer(layout, { kind: 'local' })
    expect(cloud.state()).toEqual({ kind: 'starting' })
  })

  it('says what of its own it can not use, and what to do about it', async () => {
    const home = tempHome()
    const layout = openHome(home)
    mkdirSync(layout.cloud, { recursive: true })
    writeFileSync(join(layout.cloud, 'cloud.db'), 'no database at all'.repeat(500))
    const { cloud } = kept({ home })
    await expect.poll(() => cloud.state().kind, PATIENCE).toBe('resting')
    const { message, nextStep } = (cloud.state() as { problem: { message: string; nextStep: string } }).problem
    expect(message).toMatch(/^The cloud's database .*cloud\.db/)
    expect(nextStep).toMatch(/slipway cloud restore/)
  })

  it('that crashes is told of by its error, not by the places in its code', async () => {
    const home = tempHome()
    const { cloud } = kept({ home, entry: program(home, `throw new TypeError('no such thing')`) })
    await expect.poll(() => cloud.state().kind, PATIENCE).toBe('resting')
    expect(cloud.state()).toMatchObject({ problem: { message: 'TypeError: no such thing' } })
  })

  it('that does not end when it is told is ended', async () => {
    const home = tempHome()
    const entry = program(home, `console.log('ready'); setInterval(() => undefined, 1000)`)
    const { cloud } = kept({ home, entry, endMs: 200 })
    await expect.poll(() => cloud.state().kind, PATIENCE).toBe('running')
    const state = cloud.state()
    await cloud.close()
    expect(state.kind === 'running' && isAlive(state.pid)).toBe(false)
  })
})
