import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { repoRoot } from '../../support/repo-root.ts'

const BOT = pathToFileURL(join(repoRoot, 'src', 'apps', 'bot', 'trade-account.ts')).href

/** What is loaded with a bot's program, before it does anything: files, and what Node has built in. */
const LIST = `
  const { registerHooks } = require('node:module')
  const files = []
  registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) })
  import(${JSON.stringify(BOT)}).then(() => console.log(JSON.stringify({ files, builtIn: process.moduleLoadList })))
`

describe("a bot's program", () => {
  it('starts without what takes long to load: schemas, cryptography, what speaks to gateways, prices options', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', LIST], { maxBuffer: 1 << 24 })
    const { files, builtIn } = JSON.parse(stdout) as { files: string[]; builtIn: string[] }
    expect(files.length).toBeGreaterThan(100)
    const heavy =
      /node_modules\/(zod|axios|@orpc|hono|ps-list)\/|adapters\/(brokers\/gateway|pricing)\/|contracts\/trade-/
    expect(files.filter((file) => heavy.test(file))).toEqual([])
    expect(builtIn).not.toContain('NativeModule crypto')
  })
})
