/** Adds one to the number in a file, so many times, each in a section of its own; or goes into one and stays. */
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { withFileLock } from '../../src/adapters/lock/with-file-lock.ts'

const [path = '', times = ''] = process.argv.slice(2)
if (times === 'stay') {
  await withFileLock(path, async () => {
    process.send?.('inside')
    await delay(600_000)
  })
}
for (let i = 0; i < Number(times); i++)
  await withFileLock(path, async () => {
    const before = Number(readFileSync(path, 'utf8'))
    await delay(2)
    writeFileSync(path, String(before + 1))
  })
