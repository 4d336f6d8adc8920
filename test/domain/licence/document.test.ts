import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { STATUS_OF } from '../../../src/contracts/cloud/failure.ts'
import { GRACE_LADDER } from '../../../src/domain/licence/grace-ladder.ts'
import { SEAT_IDLE_MS } from '../../../src/domain/licence/judge-licence.ts'
import { PLANS } from '../../../src/domain/licence/plans.ts'
import { PAYMENT_GRACE_MS } from '../../../src/domain/licence/subscription.ts'
import { repoRoot } from '../../support/repo-root.ts'

const document = readFileSync(join(repoRoot, 'docs', 'licences.md'), 'utf8')
const DAY = 86_400_000

// A product once promised fourteen days of grace and gave seven: its page and its code were never compared.
describe('docs/licences.md', () => {
  it('has the ladder as bots climb down it', () => {
    const ages = ['24 hours', '72 hours', '7 days'].map((text) => `| up to ${text} | yes |`)
    expect(GRACE_LADDER.map(({ untilAgeMs }) => untilAgeMs)).toEqual([DAY, 3 * DAY, 7 * DAY, Number.POSITIVE_INFINITY])
    expect(GRACE_LADDER.map(({ entries }) => entries)).toEqual([true, true, true, false])
    for (const age of ages) expect(document).toContain(age)
    expect(document).toContain('| more | **no** |')
  })

  it('has the plans as licences are made of them', () => {
    const rows = [...document.matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \| confidence ([\d.]+) \|$/gm)]
    const told = rows.map(([, plan, accounts, devices, threshold]) => [
      plan,
      { accounts: Number(accounts), devices: Number(devices), threshold: Number(threshold) },
    ])
    expect(Object.fromEntries(told)).toEqual(PLANS)
  })

  it('has the days after which a seat is left, and for which a payment may be late', () => {
    expect(document).toContain(`not been here for ${SEAT_IDLE_MS / DAY} days`)
    expect([PAYMENT_GRACE_MS / DAY, document.includes('ends three days after what was paid for')]).toEqual([3, true])
  })

  it('has every code that a licence is refused with', () => {
    const codes = Object.keys(STATUS_OF).filter((code) => /^(license|seat|device|lease|account)_/.test(code))
    expect(codes).toHaveLength(9)
    for (const code of codes) expect(document).toContain(`| \`${code}\` |`)
  })
})
