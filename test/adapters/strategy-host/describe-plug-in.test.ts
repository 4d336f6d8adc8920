import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  describePlugIn,
  describePlugIns,
  type LookProgram,
} from '../../../src/adapters/strategy-host/describe-plug-in.ts'
import { goodPlugIn, NOTE_PID, notedPid, plugInOf, LOOK } from '../../support/plug-in-looks.ts'
import { untilGone } from '../../support/pricing-rig.ts'
import { repoRoot } from '../../support/repo-root.ts'
import { tempHome } from '../../support/temp-home.ts'

const GOOD = { id: 'good', title: 'Good', parameters: [] }
const refusedFor = (why: RegExp) => ({
  code: 'strategy-invalid',
  message: expect.stringMatching(why),
  nextStep: expect.stringMatching(/./),
})
const ENDED = process.platform === 'win32' ? () => 'exit code 1' : (signal: string) => signal

/** A program in the place of the one that looks. */
function doubleOf(folder: string, code: string): LookProgram {
  const entry = join(folder, 'double.mjs')
  writeFileSync(entry, code)
  return { ...LOOK, entry }
}

describe('a look at a plug-in', { timeout: 120_000 }, () => {
  it('tells what it is', async () => {
    const entry = join(repoRoot, 'resources', 'examples', 'strategies', 'ma-cross.ts')
    const found = await describePlugIn(LOOK, { entry, id: 'ma-cross' })
    expect(found).toMatchObject({ id: 'ma-cross', parameters: [{ name: 'fastBars' }, {}, {}] })
  })

  it.each(['SIGKILL', 'SIGSEGV'] as const)('costs nothing more where its process dies of %s', async (signal) => {
    const folder = tempHome()
    const looking = describePlugIn(LOOK, plugInOf(folder, `${NOTE_PID}\nfor (;;) {}`))
    const pid = await notedPid(folder)
    expect(pid).not.toBe(process.pid)
    process.kill(pid, signal)
    expect(await looking).toEqual(refusedFor(new RegExp(`could not be looked at: .* ended \\(${ENDED(signal)}`)))
    expect(await describePlugIn(LOOK, plugInOf(folder, goodPlugIn()))).toEqual(GOOD)
  })

  it('costs that one only where several are looked at together', async () => {
    const [first, second, third] = [tempHome(), tempHome(), tempHome()]
    const files = [
      plugInOf(first, goodPlugIn(NOTE_PID)),
      plugInOf(second, `${NOTE_PID}\nfor (;;) {}`),
      plugInOf(third, goodPlugIn(NOTE_PID)),
    ]
    const looking = describePlugIns(LOOK, files)
    const killed = await notedPid(second)
    process.kill(killed, 'SIGKILL')
    // It may have suffered for the one before it in that process, so it was looked at again.
    expect(await looking).toEqual([GOOD, refusedFor(/did not load within 5000 ms/), GOOD])
    expect(await notedPid(first)).toBe(killed)
    expect(await notedPid(second)).not.toBe(killed)
  })

  it('that loops for ever is ended, with its process', async () => {
    const folder = tempHome()
    const looking = describePlugIn(LOOK, plugInOf(folder, `${NOTE_PID}\nfor (;;) {}`))
    const pid = await notedPid(folder)
    expect(await looking).toEqual(refusedFor(/one\.mjs did not load within 5000 ms\.$/))
    expect(await untilGone(pid)).toBe(true)
  })

  it('that takes all memory is told of it', async () => {
    const greedy = 'const all = []; for (;;) all.push(new Array(100_000).fill(1.5))'
    // Collecting the last megabytes may take a busy machine past the deadline; either ends it.
    const why = /used more than its 64 MB of memory|did not load within 5000 ms/
    expect(await describePlugIn(LOOK, plugInOf(tempHome(), greedy))).toEqual(refusedFor(why))
  })

  it('is not misled by what a plug-in writes past its thread', async () => {
    const chatty = goodPlugIn('import { writeSync } from "node:fs"; writeSync(1, "loading"); writeSync(2, "Error: no")')
    expect(await describePlugIn(LOOK, plugInOf(tempHome(), chatty))).toEqual(GOOD)
  })

  it.skipIf(process.platform !== 'linux')('has nothing of our environment', async () => {
    process.env.SLIPWAY_TEST_SECRET = 'hunter2'
    onTestFinished(() => void delete process.env.SLIPWAY_TEST_SECRET)
    const title = '`${readFileSync("/proc/self/environ").length} bytes`'
    const code = goodPlugIn('import { readFileSync } from "node:fs"', title)
    expect(await describePlugIn(LOOK, plugInOf(tempHome(), code))).toMatchObject({ title: '0 bytes' })
  })

  it.each([
    ['ends without a word', '', /the process that loads it ended \(exit code 0\)/],
    ['can not begin', 'throw new Error("no such thing")', /ended \(exit code 1: .*no such thing.*\)/],
    [
      'says what can not be read',
      `const entry = process.argv[2]
       console.log(JSON.stringify({ kind: 'loaded', entry, description: { id: 'x' } }) + '\\n{"kind":\\nnull')
       process.exit(3)`,
      /ended \(exit code 3\)/,
    ],
    ['never answers', 'setInterval(() => {}, 1000)', /did not answer within 2000 ms/, 2_000],
    [
      'has no end of words',
      'const line = "x".repeat(65536); (function more() { process.stdout.write(line, more) })()',
      /said more than 1048576 bytes/,
    ],
  ])('refuses where its process %s', async (_name, code, why, deadlineMs?: number) => {
    const folder = tempHome()
    const program = doubleOf(folder, `${NOTE_PID}\n${code}`)
    const found = await describePlugIn(program, plugInOf(folder, goodPlugIn()), deadlineMs)
    expect(found).toEqual(refusedFor(why))
    expect(await untilGone(await notedPid(folder))).toBe(true)
  })

  it.each(['', '/nowhere/node', 'with\0zero'])('refuses where %j can not be started', async (node) => {
    const found = await describePlugIn({ ...LOOK, node }, plugInOf(tempHome(), goodPlugIn()))
    expect(found).toEqual(refusedFor(/could not be started \(.+\)/))
  })

  it('counts what was said last, however its process ended then', async () => {
    const crash = `
      const line = (text) => JSON.stringify({ kind: 'failed', entry: process.argv[2], text }) + '\\n'
      const lines = line('did not load within 5000 ms') + line('used more than its 64 MB of memory')
      process.stdout.write(lines, () => process.kill(process.pid, 'SIGSEGV'))
    `
    const folder = tempHome()
    const found = await describePlugIn(doubleOf(folder, crash), plugInOf(folder, goodPlugIn()))
    expect(found).toEqual(refusedFor(/one\.mjs used more than its 64 MB of memory\.$/))
  })

  it('ends, without an answer, as soon as nobody waits for one', async () => {
    const folder = tempHome()
    const { entry } = plugInOf(folder, `${NOTE_PID}\nfor (;;) {}`)
    const child = spawn(LOOK.node, [LOOK.entry, entry], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const said = text(child.stdout)
    await notedPid(folder)
    child.stdin.end()
    await once(child, 'exit')
    expect(await said).toBe('')
  })

  it('does not outlive who looks', async () => {
    const folder = tempHome()
    const { entry } = plugInOf(folder, `${NOTE_PID}\nfor (;;) {}`)
    const parent = spawn(process.execPath, [join(repoRoot, 'test', 'support', 'plug-in-looker.ts'), entry], {
      stdio: 'inherit',
    })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const pid = await notedPid(folder)
    parent.kill('SIGKILL')
    expect(await untilGone(pid)).toBe(true)
  })
})
