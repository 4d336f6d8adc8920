import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCloudDb } from '../../../src/adapters/cloud-db/open-cloud-db.ts'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { describeWithPostgres } from '../../support/cloud-databases.ts'
import { everythingIn, fillCloud } from '../../support/filled-cloud.ts'
import { servedCloud } from '../../support/running-cloud.ts'
import { tempHome } from '../../support/temp-home.ts'

/** Runs a command of a server's operator, without the environment of whoever runs the tests. */
const operator = (home: string, words: string, env: NodeJS.ProcessEnv = {}) =>
  slipway(home, ['cloud', ...words.split(' ')], { env })

type Told = { bytes: number; database: string; tables: Record<string, { rows: number; sha256: string }> }

async function filledHome(): Promise<string> {
  const home = tempHome()
  const { db, close } = await openCloudDb({ kind: 'sqlite', file: join(home, 'cloud', 'cloud.db') })
  await fillCloud(db, 20)
  await close()
  return home
}

describe('slipway cloud backup', () => {
  it('writes a file that is checked, says what is in it, and says what is not', async () => {
    const home = await filledHome()
    const file = join(home, 'monday.backup')
    const run = await operator(home, `backup ${file}`)
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/rows of 18 tables, \d+ bytes, checked\.\n$/)
    expect(run.stderr).toContain('signed with are not in it')
    const checked = await operator(home, `check-backup ${file} --json`)
    expect(answerOf<Told>(checked).tables.experiences!.rows).toBe(20)
    expect((await operator(home, `check-backup ${file}`)).stdout).toMatch(/experiences +20\n/)
    expect(refusalOf(await operator(home, `backup ${file} --json`))).toMatchObject({ code: 'bad-usage' })
    expect(refusalOf(await operator(home, `check-backup ${home}/none --json`))).toMatchObject({
      code: 'file-unreadable',
    })
  })

  it('comes back on another computer', async () => {
    const [home, other] = [await filledHome(), tempHome()]
    const file = join(home, 'monday.backup')
    const made = answerOf<Told>(await operator(home, `backup ${file} --json`))
    const back = answerOf<Told>(await operator(other, `restore ${file} --json`))
    expect(back.tables).toEqual(made.tables)
    expect(back.database).toBe('sqlite')
  })

  it('takes nothing away without --replace and a confirmation', async () => {
    const home = await filledHome()
    const file = join(home, 'monday.backup')
    await operator(home, `backup ${file}`)
    expect(refusalOf(await operator(home, `restore ${file} --json`))).toMatchObject({ code: 'bad-usage' })
    expect(refusalOf(await operator(home, `restore ${file} --replace --json`))).toMatchObject({ code: 'bad-usage' })
    expect((await operator(home, `restore ${file} --replace --yes`)).code).toBe(0)
  })

  it('does not go under a server that runs', async () => {
    const home = await filledHome()
    const file = join(home, 'monday.backup')
    await operator(home, `backup ${file}`)
    const server = await servedCloud()
    const run = await operator(home, `restore ${file} --replace --yes --json --data ${server.folder}`)
    expect(refusalOf(run).message).toContain('A server has this database open')
    expect((await operator(home, `backup ${home}/running --data ${server.folder}`)).code).toBe(0)
    expect(existsSync(join(home, 'running'))).toBe(true)
  })
})

describeWithPostgres('slipway cloud restore', (open) => {
  it('moves a team from SQLite to PostgreSQL', async () => {
    const [home, team] = [await filledHome(), await open()]
    const file = join(home, 'monday.backup')
    await operator(home, `backup ${file}`)
    // Whoever has made the database lets go of it.
    const url = team.options.kind === 'postgres' ? team.options.url : ''
    await team.db.destroy()
    await expect
      .poll(async () => (await operator(home, `restore ${file} --json`, { DATABASE_URL: url })).code, {
        timeout: 20_000,
      })
      .toBe(0)
    const again = await team.again()
    expect((await everythingIn(again.db)).experiences).toHaveLength(20)
  })
})
