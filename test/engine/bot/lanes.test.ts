import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openRig, otherInstrument, RIG_ACCOUNT, walkBars, type Rig, type RigOptions } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'

const SECOND = otherInstrument('OTHERZ9', 'OTHER')
const first = walkBars(80, 7)
const second = walkBars(80, 11)

function decisionsOf(rig: Rig): { symbol: string; bar_time: number }[] {
  const db = new Database(rig.layout.state(RIG_ACCOUNT), { readonly: true })
  try {
    return db.prepare('SELECT symbol, bar_time FROM decisions ORDER BY seq').all() as {
      symbol: string
      bar_time: number
    }[]
  } finally {
    db.close()
  }
}

async function run(options: Partial<RigOptions> & { home: string }): Promise<Rig> {
  const rig = openRig({ bars: first, ...options })
  await rig.run()
  await rig.close()
  return rig
}

describe('the lanes of a bot', () => {
  it('go on from one place that they had together', async () => {
    const home = tempHome()
    await run({ home, bars: first.slice(0, 40), also: [{ instrument: SECOND, bars: second.slice(0, 37) }] })
    const rig = openRig({ home, bars: first, also: [{ instrument: SECOND, bars: second }] })
    expect(rig.book.lanes.map(({ startsAfter }) => startsAfter)).toEqual([first[39]!.time, second[36]!.time])
    expect(rig.book.lastBar!.time).toBe(first[39]!.time)
    await rig.close()
  })

  it('that are new begin where the account is', async () => {
    const home = tempHome()
    await run({ home, bars: first.slice(0, 40) })
    const rig = await run({ home, also: [{ instrument: SECOND, bars: second }] })
    const early = decisionsOf(rig).filter(({ symbol, bar_time: at }) => symbol === 'OTHERZ9' && at < first[39]!.time)
    expect(early).toEqual([])
    expect(decisionsOf(rig).some(({ symbol }) => symbol === 'OTHERZ9')).toBe(true)
  })

  it('whose first bar was the next one lose nothing when the bot dies before it', async () => {
    // The second market opens in the fortieth minute, behind the first in the order of that minute.
    const home = tempHome()
    const late = second.slice(39)
    await run({ home, bars: first.slice(0, 40), also: [{ instrument: SECOND, bars: [] }] })
    const cut = openRig({ home, bars: first, also: [{ instrument: SECOND, bars: late }] })
    const seen: number[] = []
    const { lanes } = cut.book
    expect(lanes[1]!.startsAfter).toBeLessThan(late[0]!.time)
    const see = lanes[1]!.see
    Object.assign(lanes[1]!, { see: (bar: (typeof late)[number]) => (seen.push(bar.time), see(bar)) })
    await cut.run()
    await cut.close()
    expect(seen[0]).toBe(late[0]!.time)
  })

  it('that were left out for a while do not go back in time when they return', async () => {
    const home = tempHome()
    const both = (bars: number) => ({
      bars: first.slice(0, bars),
      also: [{ instrument: SECOND, bars: second.slice(0, bars) }],
    })
    await run({ home, ...both(20) })
    // A bot that parks what it does not follow, as the app does.
    const alone = openRig({ home, bars: first.slice(0, 50) })
    alone.store.transact(() => alone.store.parkCheckpoints(['TESTZ9:1m']))
    await alone.run()
    await alone.close()
    const rig = openRig({ home, ...both(80) })
    expect(rig.book.lanes[1]!.startsAfter).toBe(first[49]!.time - 1)
    await rig.close()
  })
})
