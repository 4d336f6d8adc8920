import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readLockRecord } from '../../../src/adapters/lock/who-holds.ts'
import { logFiles } from '../../../src/adapters/log/read-log.ts'
import { addAccount, generateBars, prepareHome, startBot } from '../../support/bot-fleet.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

it('a bot that can’t leave word on disk of how it ended still leaves in order', async () => {
  const layout = prepareHome(tempHome())
  generateBars(layout, 'MES', 1, 5)
  const id = await addAccount(layout, 'a', { symbol: 'MES', feed: 'replay:max' })
  mkdirSync(join(layout.lastExit(id), 'in the way'), { recursive: true })
  const bot = await startBot(layout, id, programOf('bot'))
  expect(await bot.exited).toEqual({ code: 0, signal: null })
  const lines = readFileSync(logFiles(layout, id).at(-1) ?? '', 'utf8')
    .trim()
    .split('\n')
  expect(lines.at(-2)).toContain('last-exit-failed')
  expect(lines.at(-1)).toContain('bot-stopped')
  expect(readLockRecord(layout.lockRecord(id))).toBe('missing')
})
