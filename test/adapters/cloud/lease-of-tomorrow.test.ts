import { describe, expect, it } from 'vitest'
import { readLeaseFile } from '../../../src/adapters/cloud/lease-file.ts'
import { answer, DAY, HOUR, LeasePlace, START, trouble } from '../../support/lease-place.ts'
import { claimsAt, signedLease } from '../../support/leases.ts'

const YEAR = 365 * DAY

/** A place whose cloud made the lease while its clock was a year ahead. */
async function ahead() {
  const place = new LeasePlace()
  place.cloud = (_, nonce) => answer(signedLease(claimsAt(START + YEAR, { nonce }), place.key))
  const keeper = place.open()
  await keeper.check()
  expect(keeper.view().rung).toBe('fresh')
  return { place, keeper }
}

describe('a lease from a server whose clock was far ahead', () => {
  it('gives way to the next one, made when that clock was right again, in the same run and after a restart', async () => {
    const { place, keeper } = await ahead()
    place.pass(HOUR)
    for (const bot of [keeper, place.open()]) {
      place.gives()
      await bot.check()
      expect(bot.view()).toMatchObject({ rung: 'fresh', isSaid: false })
      place.pass(3 * DAY - 1)
      expect(bot.view().rung).toBe('silent')
      place.pass(5 * DAY)
      expect(bot.view().rung).toBe('ended')
      place.gives()
      await bot.check()
      expect(bot.view()).toMatchObject({ rung: 'fresh', verdict: { entries: 'allowed' } })
      expect(readLeaseFile(place.file).floorMs).toBe(Math.floor(place.wall / 1_000) * 1_000)
    }
  })

  it('is worth a week of running and no more where no other can be had, restarted or not', async () => {
    const { place, keeper } = await ahead()
    place.cloud = () => trouble('unreachable', 'Gone.')
    place.pass(3 * DAY + HOUR)
    expect(keeper.view().rung).toBe('warn')
    await keeper.check()
    const again = place.open()
    expect(again.view()).toMatchObject({ rung: 'warn', verdict: { entries: 'allowed' } })
    place.pass(4 * DAY)
    expect(again.view()).toMatchObject({ rung: 'ended', verdict: { entries: 'refused' } })
  })

  it('does not let time be turned back by an answer that somebody kept', async () => {
    const { place } = await ahead()
    const kept = signedLease(claimsAt(START - DAY, { nonce: 'k'.repeat(22) }), place.key)
    const keeper = place.open()
    place.gives()
    await keeper.check()
    place.cloud = () => trouble('unreachable', 'Gone.')
    place.pass(6 * DAY)
    await keeper.check()
    const floor = readLeaseFile(place.file).floorMs
    place.cloud = () => answer(kept)
    await keeper.check()
    expect(readLeaseFile(place.file).floorMs).toBeGreaterThanOrEqual(floor)
    expect(keeper.view().rung).toBe('warn')
  })

  it('leaves the rules for a clock of this computer as they are: set back, it expires nothing and wins nothing', async () => {
    const { place } = await ahead()
    const keeper = place.open()
    place.gives()
    await keeper.check()
    place.cloud = () => trouble('unreachable', 'Gone.')
    place.pass(2 * DAY)
    await keeper.check()
    place.wall -= 2 * YEAR
    const frozen = place.open()
    expect(frozen.view()).toMatchObject({ rung: 'silent', isSaid: true, verdict: { entries: 'allowed' } })
    place.pass(5 * DAY)
    expect(frozen.view().rung).toBe('ended')
  })
})
