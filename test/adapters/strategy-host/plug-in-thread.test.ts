import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { QUESTION, readText } from '../../../src/adapters/strategy-host/channel.ts'
import { startPlugInThread } from '../../../src/adapters/strategy-host/plug-in-thread.ts'
import { repoRoot } from '../../support/repo-root.ts'

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
