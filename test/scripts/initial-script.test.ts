import { describe, expect, it } from 'vitest'
import { initialScriptBytes } from '../support/initial-script.ts'

const MOST_BYTES = 300_000

describe('the page as it is built', () => {
  it('loads at most 300 kB of gzipped JavaScript before it shows anything', () => {
    expect(initialScriptBytes()).toBeLessThanOrEqual(MOST_BYTES)
  })
})
