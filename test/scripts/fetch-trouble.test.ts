import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repoRoot } from '../support/repo-root.ts'

type Told = { fetchTrouble: (error: unknown) => unknown }
const { fetchTrouble } = (await import(join(repoRoot, 'scripts', 'package', 'fetch-trouble.mjs'))) as Told

describe('packaging without a way to Electron', () => {
  it('ends in a sentence and a next step, not in a stack', () => {
    const thrown = Object.assign(new Error('getaddrinfo ENOTFOUND github.com'), {
      name: 'RequestError',
      code: 'ENOTFOUND',
    })
    const told = fetchTrouble(thrown)
    expect(told).toMatchObject({ name: 'Trouble' })
    expect((told as Error).message).toBe(
      "What packaging needs, such as Electron's program, could not be fetched: getaddrinfo ENOTFOUND github.com. " +
        'See that github.com can be reached from here, or name a mirror in ELECTRON_MIRROR; then run it again.',
    )
  })

  it('keeps the stack of whatever else went wrong', () => {
    const bug = new TypeError('x is not a function')
    expect(fetchTrouble(bug)).toBe(bug)
    expect(fetchTrouble('text')).toBe('text')
  })
})
