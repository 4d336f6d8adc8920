import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CloudState, OwnLicence } from '../../../src/contracts/launcher/cloud.ts'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { runningCloud } from '../../support/running-cloud.ts'
import { tempHome } from '../../support/temp-home.ts'

const UNKNOWN_KEY = `slw_${'x'.repeat(43)}`

describe('a computer and its cloud, at the command line', () => {
  let home: string
  beforeEach(() => {
    home = tempHome()
  })
  afterEach(() => slipway(home, ['shutdown', '--bots']))
  const run = (words: string, more: Parameters<typeof slipway>[2] = {}) => slipway(home, words.split(' '), more)

  it('uses the one of a team, keeps a licence key it knows, and tells where all of that stands', async () => {
    const cloud = await runningCloud()
    const made = await slipway(cloud.home, 'cloud license create --user anna --plan pro --days 30 --json'.split(' '), {
      env: {},
    })
    const { licenseKey } = answerOf<{ licenseKey: string }>(made)

    const unsure = await run(`cloud use ${cloud.url} --json`)
    expect(unsure.code).toBe(2)
    expect(refusalOf(unsure).message).toMatch(/signs its leases with these keys/)
    expect((await run(`cloud use ${cloud.url} --yes`)).stdout).toMatch(/answers/)
    const file = JSON.parse(readFileSync(join(home, 'cloud.json'), 'utf8')) as {
      server: { kind: string; keys: unknown[] }
    }
    expect(file.server).toMatchObject({ kind: 'team', url: cloud.url })
    expect(file.server.keys).toHaveLength(2)

    await run('account add P1 --user anna --broker sim --symbol ES --feed synthetic')
    expect((await run('licence set --json', { typed: `${licenseKey}\n` })).code).toBe(2)
    await run('vault init --key-file vault.key', { workingFolder: tempHome() })
    const refused = await run('licence set --json', { typed: `${UNKNOWN_KEY}\n` })
    expect({ code: refused.code, refusal: refusalOf(refused).code }).toEqual({ code: 4, refusal: 'licence-refused' })
    expect(refusalOf(await run('licence set --json', { typed: 'not a key\n' })).code).toBe('bad-usage')
    const kept = await run('licence set --json', { typed: `${licenseKey}\n` })
    expect(answerOf<OwnLicence>(kept)).toMatchObject({ plan: 'pro', state: 'active', devices: { used: 0 } })
    const shown = await run('licence show')
    expect(shown.stdout).toMatch(/pro, active/)
    expect(kept.stdout + kept.stderr + shown.stdout).not.toContain(licenseKey)

    const state = answerOf<CloudState>(await run('cloud status --json'))
    expect(state).toMatchObject({
      server: { kind: 'team', url: cloud.url, circuit: 'closed', problem: null },
      users: [{ users: ['anna'], hasKey: true, liveAccounts: 0 }],
      accounts: [{ accountId: 'P1', licence: { entries: 'allowed' }, confidence: 'shrink' }],
    })
    // A licence key is no credential of an account.
    expect(answerOf(await run('vault status --json'))).toMatchObject({ accounts: [] })
    expect(answerOf(await run('licence forget --json'))).toMatchObject({ forgotten: true })
    expect((await run('licence show --json')).code).toBe(4)
  }, 60_000)

  it('says in a sentence that the cloud does not answer, and goes on', async () => {
    const status = await run('cloud status')
    expect(status.code).toBe(0)
    expect(status.stdout).toMatch(/the local one: does not answer/)
    expect((await run('cloud use none')).stdout).toMatch(/none: no shared confidence/)
    expect(answerOf<CloudState>(await run('cloud status --json')).server).toMatchObject({ kind: 'none', problem: null })
    expect((await run('cloud use local')).code).toBe(0)
  })

  it('sends nothing over roads where others can read it, and refuses what is no address', async () => {
    for (const where of ['http://cloud.example', 'ftp://127.0.0.1', 'https://me:secret@cloud.example', 'nowhere']) {
      const refused = await run(`cloud use ${where} --yes --json`)
      expect([where, refused.code]).toEqual([where, 2])
    }
    const gone = await run('cloud use http://127.0.0.1:1 --yes --json')
    expect({ code: gone.code, refusal: refusalOf(gone).code }).toEqual({ code: 1, refusal: 'cloud-unreachable' })
  })
})
