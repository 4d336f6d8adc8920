import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listSeries, openMarketDb } from '../../../src/adapters/market-data/market-db.ts'
import { marketHome, type MarketHome } from '../../support/market-home.ts'

const IMPORTER = fileURLToPath(new URL('../../support/market-importer.ts', import.meta.url))

const rows = (count: number) =>
  `t,o,h,l,c,v\n${Array.from({ length: count }, (_, index) => `${1_600_000_000 - (1_600_000_000 % 60) + index * 60},5,6,4,5,1\n`).join('')}`

/** Another process that imports a file; says `reading` when it is in the middle of it. */
function importer(home: MarketHome, file: string, symbol: string) {
  const child = spawn(process.execPath, [IMPORTER, home.layout.root, file, symbol], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = once(child, 'exit')
  return {
    reading: new Promise<void>((resolve) => child.stdout.on('data', () => said.includes('reading') && resolve())),
    end: async () => {
      await ended
      return said
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

describe('market.db among several processes', () => {
  it('is read while another imports; the reader sees a file whole or not at all', async () => {
    const home = marketHome()
    await home.take(rows(10), { symbol: 'OLD' })
    const work = importer(home, home.file(rows(60_000)), 'NEW')
    await work.reading
    const reader = openMarketDb(home.layout, 'read')
    onTestFinished(() => reader.close())
    const seen = new Set<number>()
    const look = () => seen.add(listSeries(reader).find(({ symbol }) => symbol === 'NEW')?.bars ?? 0)
    look()
    expect(await work.end()).toContain('added 60000')
    look()
    expect([...seen]).toEqual([0, 60_000])
  })

  it('takes imports of two processes one after the other', async () => {
    const home = marketHome()
    const works = ['A', 'B', 'C'].map((symbol) => importer(home, home.file(rows(20_000)), symbol))
    for (const said of await Promise.all(works.map((work) => work.end()))) expect(said).toContain('added 20000')
    expect(listSeries(home.db).map(({ symbol, bars }) => [symbol, bars])).toEqual([
      ['A', 20_000],
      ['B', 20_000],
      ['C', 20_000],
    ])
  })

  it('has nothing of a file whose import was killed', async () => {
    const home = marketHome()
    const file = home.file(rows(200_000))
    const work = importer(home, file, 'NEW')
    await work.reading
    await work.kill()
    const reader = openMarketDb(home.layout, 'read')
    expect(listSeries(reader)).toEqual([])
    reader.close()
    expect(await home.take('', { file, symbol: 'NEW' })).toMatchObject({ added: 200_000, alreadyThere: 0 })
    expect(home.db.sql.pragma('integrity_check', { simple: true })).toBe('ok')
  })
})
