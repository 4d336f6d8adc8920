import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readStart } from '../../../src/apps/bot/read-start.ts'
import { tempHome } from '../../support/temp-home.ts'

const START = { home: '/home', accountId: 'A1', instanceId: 'i', secrets: {} }

/** What a bot reads of a start message. */
function read(text: string) {
  const path = join(tempHome(), 'start')
  writeFileSync(path, text)
  const fd = openSync(path, 'r')
  try {
    return readStart(fd)
  } finally {
    closeSync(fd)
  }
}

describe('the start message of a bot', () => {
  it('is read to the letter however it falls into pieces', () => {
    for (const shift of ['', 'x', 'xx', 'xxx']) {
      const home = `/${shift}${'Ü😀'.repeat(9_000)}`
      expect(read(`${JSON.stringify({ ...START, home })}\n`).home).toBe(home)
    }
  })

  it.each(['', '{"home":"/h', '[]\n', 'null\n'])('is refused when it is %j', (text) => {
    expect(() => read(text)).toThrow(/needs its start message/)
  })
})
