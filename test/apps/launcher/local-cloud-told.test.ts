import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { slipway } from '../../support/cli-run.ts'
import { launched } from '../../support/launched.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

const PATIENCE = { timeout: 60_000, interval: 50 }

describe('what a launcher tells of its local cloud', () => {
  it('is that it is starting, from the first moment on; then that it answers', async ({ onTestFinished }) => {
    const home = await launched({ cloudProgram: programOf('cloud') })
    onTestFinished(() => home.close())
    const { server } = await home.client.api.cloud()
    expect(server).toMatchObject({ kind: 'local', local: 'starting', problem: null })
    await expect.poll(async () => (await home.client.api.cloudServer.check()).lastAnswerAt, PATIENCE).not.toBeNull()
    const { server: later } = await home.client.api.cloud()
    expect(later).toMatchObject({ local: 'running', circuit: 'closed', problem: null })
  })

  it('is that it starts, also where it takes long, and not that it does not answer', async ({ onTestFinished }) => {
    const entry = join(tempHome(), 'slow.mjs')
    writeFileSync(entry, `process.stdin.resume().on('end', () => process.exit())`)
    const home = await launched({ cloudProgram: entry })
    onTestFinished(() => home.close())
    expect(await home.client.api.cloudServer.check()).toMatchObject({ local: 'starting', problem: null })
    const status = await slipway(home.layout.root, ['cloud', 'status'])
    expect(status.stdout).toMatch(/Cloud {6}the local one: starting\n/)
  })

  it('is why it does not run and what to do, until it runs', async ({ onTestFinished }) => {
    const home = await launched({ cloudProgram: programOf('cloud') })
    onTestFinished(() => home.close())
    const database = join(home.layout.cloud, 'cloud.db')
    mkdirSync(home.layout.cloud, { recursive: true })
    writeFileSync(database, 'no database at all'.repeat(500))
    const state = async () => (await home.client.api.cloud()).server
    await expect.poll(async () => (await state()).local, PATIENCE).toBe('resting')
    expect((await state()).problem).toMatchObject({
      message: expect.stringMatching(/cloud\.db/) as string,
      nextStep: expect.stringMatching(/slipway cloud restore/) as string,
    })
    const status = await slipway(home.layout.root, ['cloud', 'status'])
    expect(status.stdout).toMatch(/the local one: (does not run; started again in \d+ s|starting again)\n/)
    expect(status.stdout).toMatch(/slipway cloud restore/)
    rmSync(database)
    await expect.poll(async () => (await state()).local, PATIENCE).toBe('running')
    expect((await state()).problem).toBeNull()
  })
})
