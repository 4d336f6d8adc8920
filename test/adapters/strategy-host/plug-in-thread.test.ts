import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { QUESTION, readText } from '../../../src/adapters/strategy-host/channel.ts'
import { startPlugInThread } from '../../../src/adapters/strategy-host/plug-in-thread.ts'
import { plugInProgram } from '../../../src/apps/plug-in-program.ts'
import { goodPlugIn, plugInOf, LOOK } from '../../support/plug-in-looks.ts'
import { repoRoot } from '../../support/repo-root.ts'
import { tempHome } from '../../support/temp-home.ts'

it('takes no late wake-up for an answer', () => {
  const thread = startPlugInThread({
    program: join(repoRoot, 'test', 'support', 'late-waker.ts'),
    entry: '',
    onOutput: () => undefined,
    onFailed: () => undefined,
  })
  onTestFinished(() => thread.close())
  expect(thread.waitUntilLoaded()).toBe(true)
  expect(thread.ask(QUESTION.bar, 0, 10_000)).toBe(true)
  expect(readText(thread.channel)).toBe('the answer')
})

it.each([
  ['ends by itself where its plug-in is well', '', 'leaves\n', 30_000],
  ['is ended where a timer keeps it', 'setInterval(() => undefined, 1000)', '', 100],
])('%s', async (_name, more, output, leaveMs) => {
  const leaving = 'process.on("exit", () => console.log("leaves"))'
  let told = ''
  const thread = startPlugInThread({
    program: plugInProgram(LOOK.entry),
    entry: plugInOf(tempHome(), goodPlugIn(`${leaving}; ${more}`)).entry,
    onOutput: (text) => (told += text),
    onFailed: ({ text }) => (told += text),
    leaveMs,
  })
  expect(thread.waitUntilLoaded()).toBe(true)
  await thread.close()
  expect(told).toBe(output)
  expect(thread.ask(QUESTION.measure, 0, 100)).toBe(false)
})

it.each([
  ['is well', ''],
  ['has a timer', 'setInterval(() => undefined, 1000)'],
])('is closed to the end where its process waits for nothing else and its plug-in %s', async (_name, more) => {
  const closer = join(repoRoot, 'test', 'support', 'plug-in-closer.ts')
  const { entry } = plugInOf(tempHome(), goodPlugIn(more))
  const { stdout } = await promisify(execFile)(process.execPath, [closer, entry])
  expect(stdout).toBe('closed\n')
})
