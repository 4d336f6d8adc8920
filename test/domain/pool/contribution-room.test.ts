import { describe, expect, it } from 'vitest'
import { hasRoom, secondsToNextDay } from '../../../src/domain/pool/contribution-room.ts'
import { EMBEDDED_POOL, HOSTED_POOL } from '../../../src/domain/pool/pool-settings.ts'

describe('the room for contributions of a day', () => {
  const room = { aGiverADay: 3, unprovenADay: 10 }

  it('ends for a giver, and for all of whom nothing proves who they are', () => {
    expect(hasRoom(room, { byGiver: 2, byUnproven: 9 }, true)).toBe(true)
    expect(hasRoom(room, { byGiver: 3, byUnproven: 0 }, true)).toBe(false)
    expect(hasRoom(room, { byGiver: 0, byUnproven: 10 }, true)).toBe(false)
  })

  it('is used up by strangers for strangers only', () => {
    expect(hasRoom(room, { byGiver: 2, byUnproven: 10 }, false)).toBe(true)
    expect(hasRoom(room, { byGiver: 3, byUnproven: 0 }, false)).toBe(false)
  })

  it('is enough for a busy user, bounded on a server, and has no end on one’s own machine', () => {
    expect(HOSTED_POOL.room).toEqual({ aGiverADay: 500, unprovenADay: 20_000 })
    expect(EMBEDDED_POOL.room).toEqual({ aGiverADay: Infinity, unprovenADay: Infinity })
  })

  it('is there again with the next UTC day', () => {
    expect(secondsToNextDay(Date.UTC(2026, 10, 21, 23, 59, 0))).toBe(60)
    expect(secondsToNextDay(Date.UTC(2026, 10, 21, 23, 59, 59, 999))).toBe(1)
    expect(secondsToNextDay(Date.UTC(2026, 10, 21))).toBe(86_400)
  })
})
