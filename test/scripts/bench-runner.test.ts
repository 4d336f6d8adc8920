import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scratchCheckout } from '../support/scratch-checkout.ts'

const bench = (figures: object[]) =>
  `export const name = 'a title'\nexport const run = async () => (console.log('noise'), { figures: ${JSON.stringify(figures)} })\n`

describe.skipIf(process.platform === 'win32')('npm run bench', () => {
  let checkout: ReturnType<typeof scratchCheckout>

  beforeEach(() => {
    checkout = scratchCheckout('')
    checkout.write('test/bench/lock.bench.ts', bench([{ name: 'handover', value: 8, limit: 10, unit: 'ms' }]))
    checkout.write(
      'test/bench/start.bench.ts',
      bench([
        { name: 'fleet', value: 3.2, limit: 3, unit: 'x', baseline: 812.34567 },
        { name: 'faster than', value: 250, limit: 200, unit: 'x', better: 'higher' },
      ]),
    )
  })
  afterEach(() => checkout.remove())

  const run = (...args: string[]) => checkout.run('scripts/bootstrap.mjs', ['bench', ...args])

  const report = () =>
    JSON.parse(readFileSync(join(checkout.root, 'bench-report.json'), 'utf8')) as {
      machine: { cores: number }
      results: { name: string; error?: string; figures?: { name: string; ok: boolean }[] }[]
    }

  it('prints each figure as met or missed and keeps noise off stdout', async () => {
    const { code, stdout } = await run()
    expect(stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      ' | figure | measured | limit | baseline | note',
      'ok | handover | 8 ms | <= 10',
      'MISSED | fleet | 3.2 x | <= 3 | 812.3',
      'ok | faster than | 250 x | >= 200',
      '',
      '2 ok, 1 missed, 0 failed to run',
      '',
    ])
    expect(code).toBe(0)
  })

  it('writes a report with the machine it was measured on', async () => {
    await run()
    const { machine, results } = report()
    expect(machine.cores).toBeGreaterThan(0)
    expect(results.flatMap(({ figures }) => figures?.map(({ name, ok }) => [name, ok]))).toEqual([
      ['handover', true],
      ['fleet', false],
      ['faster than', true],
    ])
  })

  it('runs only what is asked for', async () => {
    await run('--only', 'lock')
    expect(report().results.map(({ name }) => name)).toEqual(['lock'])
  })

  it('refuses a name it does not have and lists those it has', async () => {
    const { code, stderr } = await run('--only', 'speed')
    expect(code).toBe(1)
    expect(stderr).toContain('slipway: There is no bench "speed". Choose from: lock, start.')
  })

  it('fails when a bench could not measure, and still runs the others', async () => {
    checkout.write(
      'test/bench/lock.bench.ts',
      "export const name = 'x'\nexport const run = async () => { throw new Error('no') }\n",
    )
    const { code, stdout } = await run()
    expect(stdout).toMatch(/FAILED\s+lock\s+ended with exit code 1/)
    expect(stdout).toContain('1 ok, 1 missed, 1 failed to run')
    expect(code).toBe(1)
  })
})
