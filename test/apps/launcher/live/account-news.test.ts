import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openAccountNews } from '../../../../src/apps/launcher/live/account-news.ts'

function news() {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-records-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  const database = (id: string) => join(folder, `${id}.db`)
  const records = openAccountNews(
    'run-1',
    (accountId) => ({ type: 'records', accountId }),
    (id) => [database(id)],
  )
  return { records, write: (id: string) => appendFileSync(database(id), 'a commit') }
}

function reader(source: ReturnType<ReturnType<typeof news>['records']['source']>, cursor?: string) {
  const end = new AbortController()
  onTestFinished(() => end.abort())
  const events = source(cursor, end.signal)
  return {
    next: async () => {
      const { value } = await events.next()
      return value ?? undefined
    },
    /** Hangs up, and waits until that is known. */
    async end() {
      const last = events.next()
      end.abort()
      await last
    },
  }
}

const ofA = { type: 'records', accountId: 'A' }

describe('news of an account', () => {
  it('begin with the whole, and come with every change of its files and with what is told of it', async () => {
    const { records, write } = news()
    const page = reader(records.source('A'))
    expect(await page.next()).toMatchObject({ event: ofA })
    const commit = page.next()
    write('A')
    expect(await commit).toMatchObject({ event: ofA })
    const figure = page.next()
    records.moved('A')
    expect(await figure).toMatchObject({ event: ofA })
  })

  it('are not those of another account', async () => {
    const { records, write } = news()
    const [a, b] = [reader(records.source('A')), reader(records.source('B'))]
    await Promise.all([a.next(), b.next()])
    const [ofTheFirst, ofTheOther] = [a.next(), b.next()]
    write('B')
    records.moved('nobody')
    expect(await ofTheOther).toMatchObject({ event: { accountId: 'B' } })
    expect(await Promise.race([ofTheFirst, Promise.resolve('nothing')])).toBe('nothing')
  })

  it('tell a page that was away to read again, whatever it knew', async () => {
    const { records, write } = news()
    const before = reader(records.source('A'))
    const { id } = (await before.next())!
    await before.end()
    write('A')
    expect(await reader(records.source('A'), id).next()).toMatchObject({ event: ofA })
  })

  it('go on for the others when one reader leaves', async () => {
    const { records, write } = news()
    const [one, other] = [reader(records.source('A')), reader(records.source('A'))]
    await Promise.all([one.next(), other.next()])
    await one.end()
    const next = other.next()
    write('A')
    expect(await next).toMatchObject({ event: ofA })
  })
})
