import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import type { AccountStatus, StartOutcome, StopOutcome } from '../../../src/contracts/fleet.ts'
import { answerOf, refusalOf, slipway, type CliRun } from '../../support/cli-run.ts'
import { accountIdOf, behave, isAlive, newHome, startsOf } from '../../support/launched.ts'
import { endProcessesIn } from '../../support/temp-home.ts'

const STATUS_FIELDS =
  'accountId userId broker mode strategy symbol state pid instanceId startedAt lastBarAt position realizedPnl unrealizedPnl tradesToday lastError'
const ADD = ['--user', 'anna', '--symbol', '6EH4']

let layout: HomeLayout
const run = (args: readonly string[], more: Parameters<typeof slipway>[2] = {}): Promise<CliRun> =>
  slipway(layout.root, args, more)
const rows = async (args: readonly string[]) => answerOf<AccountStatus[]>(await run([...args, '--json']))

// One launcher for all: the first command starts it, as it does for a user.
beforeAll(() => {
  layout = newHome()
})
afterAll(async () => {
  await run(['shutdown', '--bots'])
  for (const id of ['a1', 'a2', 'broken', 'crasher'])
    for (const pid of startsOf(layout, id)) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  endProcessesIn(layout.root)
  rmSync(layout.root, { recursive: true, force: true, maxRetries: 5 })
})

describe('commands over the launcher', () => {
  it('start one when none runs, and say what to do with no accounts', async () => {
    const first = await run(['status'])
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toBe('No accounts yet. Add one: slipway account add ID --user U --symbol S\n')
    expect(await rows(['status'])).toEqual([])
    expect((await run(['start', '--all'])).stdout).toContain('No accounts yet.')
  })

  it('end with 6 when it can not be started', async () => {
    const other = newHome()
    try {
      const missing = await slipway(other.root, ['status', '--json'], { launcherProgram: join(other.root, 'none.mjs') })
      expect([missing.code, refusalOf(missing).code]).toEqual([6, 'launcher-unreachable'])
      const broken = join(other.root, 'broken.mjs')
      writeFileSync(broken, 'process.stderr.write("no such thing"); process.exit(1)')
      const failed = await slipway(other.root, ['status', '--json'], { launcherProgram: broken })
      expect(failed.code).toBe(6)
      expect(refusalOf(failed).message).toBe('The launcher could not start: no such thing')
    } finally {
      rmSync(other.root, { recursive: true, force: true })
    }
  })

  it('add, list, show and edit accounts', async () => {
    const added = await run(['account', 'add', 'a1', ...ADD, '--set', 'risk.maxOrderLots=3'])
    expect(added.code).toBe(0)
    expect(added.stdout).toMatch(/^Account a1 added\.\n/)
    expect(added.stdout).toMatch(/risk\.maxOrderLots +3/)
    expect(added.stderr).toBe(
      'There are no 1m bars of 6EH4 to replay yet. Import some: slipway data import FILE --symbol 6EH4 --timeframe 1m\n' +
        'Start its bot with: slipway start a1\n',
    )
    expect((await run(['account', 'add', 'a2', ...ADD, '--json'])).code).toBe(0)

    expect(answerOf(await run(['account', 'list', '--json']))).toMatchObject([{ accountId: 'a1' }, { accountId: 'a2' }])
    expect(answerOf(await run(['account', 'show', 'a1', '--json']))).toMatchObject({ risk: { maxOrderLots: 3 } })
    const edited = await run(['account', 'edit', 'a1', '--set', 'risk.maxOrderLots=4', '--json'])
    expect(answerOf(edited)).toMatchObject({ changed: ['risk.maxOrderLots: 3 → 4'], appliesAtNextStart: false })
  })

  it.each([
    [['account', 'add', 'a1', ...ADD], 'account-exists'],
    [['account', 'add', '../a1', ...ADD], 'account-id-invalid'],
    [['account', 'add', 'b1', '--user', 'anna', '--symbol', 'NOSUCHTHING'], 'symbol-unknown'],
    [['account', 'add', 'b1', ...ADD, '--mode', 'real'], 'setting-invalid'],
    [['account', 'add', 'b1', ...ADD, '--set', 'nonsense=1'], 'setting-invalid'],
    [['account', 'show', 'nobody'], 'account-unknown'],
    [['trades', 'nobody'], 'account-unknown'],
    [['status', 'nobody'], 'account-unknown'],
    [['status', 'a1', 'nobody'], 'account-unknown'],
    [['start', 'a1', 'nobody'], 'account-unknown'],
    [['logs', 'a1', '--grep', '('], 'bad-usage'],
    [['logs', 'a1', '--level', 'loud'], 'bad-usage'],
    [['restore', 'a1', 'none.db', '--yes'], 'backup-invalid'],
    // Before anybody is asked to confirm.
    [['restore', 'a1', 'none.db'], 'backup-invalid'],
    [['restore', 'a1', '.'], 'backup-invalid'],
    [['restore', 'a1', 'run/port'], 'backup-invalid'],
    [['restore', 'nobody', 'none.db'], 'account-unknown'],
  ])('refuse %j with %s, on clean standard output', async (args, code) => {
    const refused = await run([...args, '--json'])
    expect(refused.code).toBe(2)
    expect(refusalOf(refused)).toMatchObject({ code, nextStep: expect.stringMatching(/\S/) })
  })

  it('start bots and say which trade', async () => {
    const started = answerOf<StartOutcome[]>(await run(['start', '--all', '--wait', '--json']))
    expect(started.map(({ accountId, outcome }) => [accountId, outcome])).toEqual([
      ['a1', 'trading'],
      ['a2', 'trading'],
    ])
    const again = await run(['start', 'a1'])
    expect(again.code).toBe(0)
    expect(again.stdout).toMatch(/a1 +already-running +trading/)
  })

  it('show the status of every account with the fields promised, in their order', async () => {
    const status = await rows(['status'])
    expect(status.map((row) => Object.keys(row).join(' '))).toEqual([
      `${STATUS_FIELDS} currency stateReason holdings`,
      `${STATUS_FIELDS} currency stateReason holdings`,
    ])
    expect(await rows(['status', 'a2'])).toMatchObject([
      { accountId: 'a2', state: 'trading', pid: startsOf(layout, 'a2')[0] },
    ])
    const both = await rows(['status', 'a2', 'a1', 'a2'])
    expect(both.map((row) => (row as { accountId: string }).accountId)).toEqual(['a2', 'a1'])
    expect((await run(['status'])).stdout).toMatch(/^a1 +6EH4 +vwap-bounce +paper +trading +\d+ +2 +123\.45 /m)
  })

  it('exit with 3 and name the holder when an account is held', async () => {
    const held = await run(['account', 'remove', 'a1', '--json'])
    expect(held.code).toBe(3)
    expect(refusalOf(held)).toMatchObject({
      code: 'account-held',
      message: expect.stringContaining(`process ${startsOf(layout, 'a1')[0]}`),
    })
    const foreground = await run(['run', 'a1', '--json'])
    expect(foreground.code).toBe(3)
    expect(refusalOf(foreground)).toMatchObject({ code: 'account-held' })
  })

  it('say that an edit waits for the next start while the bot runs', async () => {
    const edited = await run(['account', 'edit', 'a1', '--set', 'risk.maxOrderLots=5'])
    expect(edited.stdout).toBe(
      'Changed: risk.maxOrderLots: 4 → 5\nThe bot runs with the old settings until: slipway restart a1\n',
    )
  })

  it.each(['trades', 'orders', 'positions', 'decisions'])('list no %s where there are none', async (what) => {
    expect(answerOf(await run([what, 'a1', '--json']))).toEqual([])
    expect((await run([what, 'a1'])).stdout).toMatch(/^Account a1 has no .+ yet\.\n$/)
  })

  it('ask before they flatten everything, and take --yes for it', async () => {
    const unasked = await run(['flatten', '--all'])
    expect(unasked).toMatchObject({ code: 2, stdout: '' })
    expect(unasked.stderr).toContain('--yes')
    expect((await run(['flatten', '--all'], { typed: 'no\n', columns: 80 })).code).toBe(2)
    expect((await run(['flatten', '--all'], { typed: '', columns: 80 })).code).toBe(2)
    const typed = await run(['flatten', '--all'], { typed: 'flatten all\n', columns: 80 })
    expect(typed.stdout).toContain('flattened')
    expect(answerOf<StopOutcome[]>(await run(['flatten', '--all', '--yes', '--json']))).toMatchObject([
      { accountId: 'a1', outcome: 'flattened' },
      { accountId: 'a2', outcome: 'flattened' },
    ])
  })

  it('follow a log until they are interrupted', async () => {
    const log = layout.log(accountIdOf('a1'), 'LIVE', 'paper')
    const line = (message: string) =>
      `${JSON.stringify({ time: '2026-01-02T03:04:05.678Z', level: 'info', event: 'e', msg: message })}\n`
    mkdirSync(join(log, '..'), { recursive: true })
    appendFileSync(log, line('first'))
    expect((await run(['logs', 'a1'])).stdout).toBe('2026-01-02T03:04:05.678Z  INFO   e  first\n')

    const interrupt = new AbortController()
    const following = run(['logs', 'a1', '-f', '--json'], {
      interruption: () => interrupt.signal,
      stdout: stoppedAfter(2, interrupt),
    })
    await expect.poll(() => seen.length).toBe(1)
    appendFileSync(log, line('second'))
    expect((await following).code).toBe(0)
    expect(seen.map((text) => (JSON.parse(text) as { message: string }).message)).toEqual(['first', 'second'])
  })

  it('open a page by a fresh one-time address each time', async () => {
    const [one, two] = [await run(['open', '--json']), await run(['open', '--json'])].map(
      (it) => answerOf<{ url: string }>(it).url,
    )
    expect(one).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#/)
    expect(two).not.toBe(one)
  })

  it('give the exit code of the first bot that failed, and its reason', async () => {
    await run(['account', 'add', 'broken', ...ADD])
    behave(layout, 'broken', 'refuse')
    const refused = await run(['start', 'broken', 'a1', '--json'])
    expect(refused.code).toBe(2)
    expect(answerOf<StartOutcome[]>(refused)).toMatchObject([
      { accountId: 'broken', outcome: 'refused', refusal: { code: 'data-missing' } },
      { accountId: 'a1', outcome: 'already-running' },
    ])
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'data-missing' } })
  })

  it('stop bots, and say so when there is nothing to stop', async () => {
    const pid = startsOf(layout, 'a2')[0] ?? 0
    expect((await run(['stop', 'a2'])).stdout).toMatch(/a2 +stopped/)
    expect(isAlive(pid)).toBe(false)
    expect(answerOf(await run(['stop', 'a2', '--json']))).toMatchObject([{ outcome: 'not-running' }])
  })

  it('keep the folder of a removed account, and delete it only when that is confirmed', async () => {
    const folder = layout.account(accountIdOf('a2'))
    expect((await run(['account', 'remove', 'a2'])).stdout).toBe(`Account a2 removed. Its folder is kept: ${folder}\n`)
    const readopted = await run(['account', 'add', 'a2', ...ADD])
    expect(readopted.stderr).toContain('is in use again')
    expect((await run(['account', 'remove', 'a2', '--purge'])).code).toBe(2)
    expect(existsSync(folder)).toBe(true)
    expect((await run(['account', 'remove', 'a2', '--purge'], { typed: 'a2\n', columns: 80 })).code).toBe(0)
    expect(existsSync(folder)).toBe(false)
  })

  it('find all of it well: doctor names who holds what', async () => {
    const findings = answerOf<{ check: string; result: string; message: string }[]>(await run(['doctor', '--json']))
    expect(findings.find(({ check }) => check === 'launcher')).toMatchObject({ result: 'ok' })
    expect(findings.find(({ check }) => check === 'lock of a1')).toMatchObject({
      result: 'ok',
      message: expect.stringContaining('has been running as process'),
    })
  })

  it('end the launcher and leave bots alone', async () => {
    const ended = answerOf<{ pid: number }>(await run(['shutdown', '--json']))
    expect(ended.pid).toBeGreaterThan(0)
    expect(isAlive(startsOf(layout, 'a1').at(-1) ?? 0)).toBe(true)
    expect((await run(['shutdown'])).stdout).toBe('No launcher is running.\n')
    // The next command starts another, which finds the bot.
    expect(await rows(['status', 'a1'])).toMatchObject([{ state: 'trading' }])
  })

  it('end bots too when that was asked for', async () => {
    const { stdout } = await run(['shutdown', '--bots'])
    expect(stdout).toBe('The launcher and all bots have ended.\n')
    expect(await rows(['status', 'a1'])).toMatchObject([{ state: 'stopped', pid: null, stateReason: 'requested' }])
  })
})

const seen: string[] = []

/** A standard output that interrupts after so many lines. */
function stoppedAfter(lines: number, interrupt: AbortController) {
  return new PassThrough().on('data', (chunk: Buffer) => {
    seen.push(chunk.toString('utf8'))
    if (seen.length >= lines) interrupt.abort()
  })
}
