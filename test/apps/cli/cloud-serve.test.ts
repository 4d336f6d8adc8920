import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { answerOf, slipway } from '../../support/cli-run.ts'
import { askCloud } from '../../support/running-cloud.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

describe('slipway cloud serve', () => {
  it('serves until Ctrl-C, on the data that other commands work on', async () => {
    const home = tempHome()
    const data = join(home, 'data')
    const cli = programOf('cli')
    const args = ['cloud', 'serve', '--port', '0', '--data', data]
    const child = spawn(process.execPath, [cli, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: home,
      env: { ...process.env, SLIPWAY_HOME: home, DATABASE_URL: '', REDIS_URL: '', SMTP_URL: '' },
    })
    const exited = once(child, 'exit')
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await expect.poll(() => said, { timeout: 60_000 }).toMatch(/is ready at http/)
    const url = /is ready at (http\S+)/.exec(said)![1]!
    expect((await askCloud(url, '/ready')).status).toBe(200)
    expect([existsSync(join(data, 'cloud.db')), existsSync(join(data, 'keys'))]).toEqual([true, true])

    const make = ['cloud', 'license', 'create', '--user', 'somebody', '--plan', 'pro', '--data', data, '--json']
    const made = answerOf<{ licenseKey: string }>(await slipway(home, make, { env: {} }))
    const { status, body } = await askCloud(url, '/api/license/validate', {
      body: {
        ...{ license_key: made.licenseKey, user_id: 'ffffffffffff', device_id: 'device-0001', app_version: '1.0.0' },
        account_id: '0'.repeat(32),
      },
    })
    // The key is known: it is only somebody else's.
    expect([status, (body as { code: string }).code]).toEqual([403, 'license_invalid'])

    child.kill('SIGINT')
    expect(await exited).toEqual([0, null])
    await expect(askCloud(url, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('refuses a port that is none before it starts anything', async () => {
    const { code, stderr } = await slipway(tempHome(), ['cloud', 'serve', '--port', '70000'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--port')])
  })

  it('says so when its program is not built', async () => {
    const { code, stderr } = await slipway(tempHome(), ['cloud', 'serve'], { cloudProgram: '/none/cloud.mjs' })
    expect([code, stderr]).toEqual([1, expect.stringContaining('npm run build')])
  })
})
