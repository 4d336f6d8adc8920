import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { listSeries, openMarketDb } from '../../../src/adapters/market-data/market-db.ts'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { marketHome, refusalOf } from '../../support/market-home.ts'
import { tempHome } from '../../support/temp-home.ts'

const HEADER = 'time,open,high,low,close,volume\n'
const manyRows = (count: number) =>
  HEADER +
  Array.from({ length: count }, (_, index) => {
    const time = new Date(Date.UTC(2024, 0, 1) + index * 60_000).toISOString()
    return `${time},5,6,4,5.${index % 100},${index}\n`
  }).join('')

describe('a file that can not be imported', () => {
  it.each([
    ['an empty file', '', 'is empty'],
    ['a file of blank lines', '\n\n \n', 'has no rows'],
    ['a header without rows', HEADER, 'has a header and no rows'],
    ['prose', 'It was a dark and stormy night.\nAnd so on.\n', 'is not a table'],
    [
      'a table of something else',
      'name,street,city,zip,phone\nA,B,C,D,E\n',
      'has no column for open, high, low, close',
    ],
    ['a header without prices', 'time,bid,ask,size,venue\n2024-01-02 14:30,1,2,3,4\n', 'no column for open'],
    ['times without a day', '34200000,5,6,4,5,10\n34260000,5,6,4,5,10\n', 'counts its times from midnight'],
    ['a JSON array', '[{"t":1}]', 'one JSON array'],
    ['JSON of something else', '{"name":"x","bars":[]}\n', 'has no column for'],
    ['broken JSON', '{"name":\n', 'not a JSON object'],
    ['a zip archive', Buffer.from('504b030414000000', 'hex'), 'a zip archive'],
    ['an xz archive', Buffer.from('fd377a585a000004', 'hex'), 'an xz archive'],
    ['a Parquet file', Buffer.from('PAR1xxxxxxxxPAR1'), 'a Parquet file'],
    ['a binary file', Buffer.from([1, 2, 0, 3, 0, 255, 254, 0, 9]), 'is not a text file'],
    ['a binary file in gzip', gzipSync(Buffer.from([1, 2, 0, 3, 0, 255])), 'is not a text file'],
    ['an empty gzip', gzipSync(''), 'has no rows'],
  ])('is refused as of unknown format: %s', async (_, content, says) => {
    const home = marketHome()
    const refused = await refusalOf(home.take(content))
    expect(refused.code).toBe('data-format-unknown')
    expect(refused.message).toContain(says)
    expect(listSeries(home.db)).toEqual([])
  })

  it('is refused when it is not there, is a folder, or is cut off, and nothing of it is stored', async () => {
    const home = marketHome()
    const missing = await refusalOf(home.take('', { file: join(home.layout.root, 'none.csv') }))
    expect(missing).toMatchObject({ code: 'file-unreadable', message: expect.stringContaining('There is no file') })
    expect(await refusalOf(home.take('', { file: home.layout.root }))).toMatchObject({ code: 'file-unreadable' })
    const cut = gzipSync(manyRows(50_000)).subarray(0, -2_000)
    expect(await refusalOf(home.take(cut))).toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('cut off'),
    })
    const damaged = gzipSync(manyRows(50_000))
    damaged.fill(7, 40_000, 40_200)
    expect(await refusalOf(home.take(damaged))).toMatchObject({ code: 'file-unreadable' })
    expect(listSeries(home.db)).toEqual([])
    expect(home.bars()).toEqual([])
  })

  it('is refused when it may not be read', async ({ skip }) => {
    if (process.platform === 'win32' || process.getuid?.() === 0) skip('this user may read every file')
    const home = marketHome()
    const file = home.file(manyRows(3))
    chmodSync(file, 0)
    expect(await refusalOf(home.take('', { file }))).toMatchObject({ code: 'file-unreadable' })
  })

  it('is refused with a zone nobody knows', async () => {
    const home = marketHome()
    expect(await refusalOf(home.take(manyRows(3), { zone: 'Mars/Olympus' }))).toMatchObject({ code: 'bad-usage' })
  })

  it('leaves nothing behind when the disk is full', async () => {
    const home = marketHome()
    await home.take(manyRows(10), { symbol: 'OLD' })
    home.db.sql.pragma('max_page_count = 40')
    const refused = await refusalOf(home.take(manyRows(50_000)))
    expect(refused.code).toBe('disk-full')
    expect(listSeries(home.db).map(({ symbol }) => symbol)).toEqual(['OLD'])
    home.db.sql.pragma('max_page_count = 1000000')
    expect(await home.take(manyRows(50_000))).toMatchObject({ added: 50_000 })
  })
})

describe('market.db', () => {
  const refusalOfOpening = (home: string, mode: 'read' | 'write') => {
    try {
      openMarketDb(homeLayout(home), mode).close()
    } catch (error) {
      if (error instanceof Refused) return error.refusal.code
      throw error
    }
    return undefined
  }

  it('is empty to a reader before anything was imported, and is not created by one', () => {
    const home = tempHome()
    const db = openMarketDb(homeLayout(home), 'read')
    expect(listSeries(db)).toEqual([])
    db.close()
    expect(() => openMarketDb(homeLayout(join(home, 'market.db', 'x')), 'read').close()).not.toThrow()
  })

  it('is empty to a reader who comes while it is being created', () => {
    const home = tempHome()
    writeFileSync(join(home, 'market.db'), '')
    const db = openMarketDb(homeLayout(home), 'read')
    expect(listSeries(db)).toEqual([])
    db.close()
  })

  it('is refused when damaged, and says what to do', () => {
    const home = tempHome()
    writeFileSync(
      join(home, 'market.db'),
      'this is not a database, and it is longer than a header would be\n'.repeat(20),
    )
    expect(refusalOfOpening(home, 'read')).toBe('state-corrupt')
    expect(refusalOfOpening(home, 'write')).toBe('state-corrupt')
  })

  it('is refused when a newer Slipway wrote it', () => {
    const home = tempHome()
    const db = openMarketDb(homeLayout(home), 'write')
    db.sql.pragma('user_version = 99')
    db.close()
    expect(refusalOfOpening(home, 'write')).toBe('state-newer')
    expect(refusalOfOpening(home, 'read')).toBe('state-newer')
  })

  it('is refused for writing where its folder can not be made', () => {
    const home = tempHome()
    writeFileSync(join(home, 'file'), '')
    expect(refusalOfOpening(join(home, 'file'), 'write')).toBe('home-read-only')
    mkdirSync(join(home, 'market.db'))
    expect(refusalOfOpening(home, 'write')).toBe('home-read-only')
  })
})
