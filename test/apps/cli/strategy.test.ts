import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { repoRoot } from '../../support/repo-root.ts'
import { tempHome } from '../../support/temp-home.ts'

type Checked = { passed: boolean; findings: { check: string; result: string; text: string }[] }

const check = (home: string, what: string, ...more: string[]) =>
  slipway(home, ['strategy', 'check', what, '--bars', '1500', '--json', ...more])

const body = (onBar: string, more = '') =>
  `${more}; export default { id: 'odd', title: 'Odd', parameters: [], open(setup) { let n = 0; return {
    onBar(bar, session, position) { n++; ${onBar} }, snapshot: () => null } } }`
const hold = (text: string) => `return { kind: 'hold', side: 'buy', reasons: [{ code: 'a', text: ${text} }] }`

describe('slipway strategy', () => {
  it.each(['--ts', '--js'])('new %s writes a strategy that passes its check and its own test', async (language) => {
    const home = tempHome()
    const { files } = answerOf<{ files: string[] }>(
      await slipway(home, ['strategy', 'new', 'my-cross', language, '--json']),
    )
    expect(files.every((file) => existsSync(file))).toBe(true)
    const run = await check(home, 'my-cross')
    expect(answerOf<Checked>(run).findings.filter(({ result }) => result !== 'ok')).toEqual([])
    expect(run.code).toBe(0)
    const tested = await new Promise<number | null>((resolve) => {
      const child = execFile(process.execPath, ['--test', files[1]!], { env: {} }, () => resolve(child.exitCode))
    })
    expect(tested).toBe(0)
    const again = await slipway(home, ['strategy', 'new', 'my-cross', '--json'])
    expect(refusalOf(again).code).toBe('strategy-invalid')
  })

  it('new says how to try what it wrote in a folder with blanks in its name', async () => {
    const home = tempHome()
    const folder = join(home, 'my strategies')
    const written = await slipway(home, ['strategy', 'new', 'my-cross', '--dir', folder])
    expect(written.stderr).toContain(`slipway strategy check "${join(folder, 'my-cross.ts')}"`)
    expect((await check(home, join(folder, 'my-cross.ts'))).code).toBe(0)
  })

  it('list has the built-in ones and your own, those that are broken with why', async () => {
    const home = tempHome()
    await slipway(home, ['strategy', 'new', 'mine'])
    writeFileSync(join(home, 'strategies', 'broken.js'), 'export default {')
    const listed = answerOf<{ id: string; kind: string; parameters: unknown[]; problem: { code: string } | null }[]>(
      await slipway(home, ['strategy', 'list', '--json']),
    )
    const row = (id: string) => listed.find((one) => one.id === id)
    expect(row('vwap-bounce')).toMatchObject({ kind: 'built-in', problem: null })
    expect(row('mine')).toMatchObject({ kind: 'plug-in', problem: null })
    expect(row('mine')?.parameters).toHaveLength(3)
    expect(row('broken')).toMatchObject({ problem: { code: 'strategy-invalid' } })
  })

  it.each(['ma-cross.ts', 'smallest.js', 'morning-straddle.js', 'javascript/ma-cross.js'])(
    'check passes the example %s',
    async (file) => {
      const run = await check(tempHome(), join(repoRoot, 'resources', 'examples', 'strategies', file))
      expect(answerOf<Checked>(run).findings.filter(({ result }) => result === 'fail')).toEqual([])
    },
  )

  it.each([
    ['chance', body(`if (n % 9 === 0 && Math.random() > 0.5) ${hold('"b"')}`), 'determinism', 'no random numbers'],
    [
      'what is missing from the snapshot',
      body(`if (n % 200 === 0) ${hold('String(n)')}`),
      'snapshot',
      'differs at bar',
    ],
    [
      'what it keeps for ever',
      body('kept.push({ ...bar, n: [n, n, n] })', 'const kept = []'),
      'memory',
      'for each bar',
    ],
    ['a price that is no tick', body("return { kind: 'enter', side: 'buy', stopPx: 0.1 }"), 'runs', 'stopPx must be'],
    ['a bar that takes too long', body('if (n > 50) for (;;);'), 'runs', 'did not answer within 250 ms'],
    ['what it throws, with the place', body('if (n > 50) undefined.x'), 'runs', 'odd.mjs:'],
    ['a file that can not be read', 'export default {', 'loads', 'SyntaxError'],
  ])('check finds %s', async (_name, code, which, why) => {
    const home = tempHome()
    const file = join(home, 'odd.mjs')
    writeFileSync(file, code)
    const run = await check(home, file)
    expect(run.code).toBe(1)
    const failed = answerOf<Checked>(run).findings.filter(({ result }) => result === 'fail')
    expect(failed.find((one) => one.check === which)?.text).toContain(why)
  })

  it('check refuses what is not there', async () => {
    const run = await check(tempHome(), 'nowhere')
    expect(run.code).toBe(2)
    expect(refusalOf(run).code).toBe('strategy-unknown')
    expect(refusalOf(await check(tempHome(), './nowhere.ts')).code).toBe('strategy-invalid')
  })
})
