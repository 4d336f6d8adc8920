import { describe, expect, it } from 'vitest'
import { openSessions, type KeptSession } from '../../../src/apps/launcher/sessions.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const HOUR = 3_600_000
const open = () => {
  let at = 1_000_000
  let kept: readonly KeptSession[] = []
  const store = { load: () => kept, save: (sessions: readonly KeptSession[]) => void (kept = sessions) }
  const begin = () => openSessions({ elapsed: () => at, now: () => epochMs(at), store })
  return { sessions: begin(), pass: (ms: number) => void (at += ms), restart: begin, kept: () => kept }
}

describe('sessions of browsers', () => {
  it('open with a fresh code, once', () => {
    const { sessions } = open()
    const code = sessions.freshCode()
    expect(sessions.exchange(code).kind).toBe('opened')
    expect(sessions.exchange(code).kind).toBe('wrong')
  })

  it('need both halves, and of one session', () => {
    const { sessions } = open()
    const [one, two] = [sessions.exchange(sessions.freshCode()), sessions.exchange(sessions.freshCode())]
    if (one.kind !== 'opened' || two.kind !== 'opened') throw new Error('not opened')
    expect(sessions.isOpen(one.keys.cookie, one.keys.token)).toBe(true)
    expect(sessions.isOpen(one.keys.cookie, two.keys.token)).toBe(false)
    expect(sessions.isOpen(one.keys.token, one.keys.cookie)).toBe(false)
    expect(sessions.isOpen(one.keys.cookie, undefined)).toBe(false)
    expect(sessions.isOpen(undefined, one.keys.token)).toBe(false)
  })

  it('take no code older than an hour', () => {
    const { sessions, pass } = open()
    const code = sessions.freshCode()
    pass(HOUR)
    expect(sessions.exchange(code).kind).toBe('wrong')
  })

  it('end after a week without use, and live on with it', () => {
    const { sessions, pass } = open()
    const opened = sessions.exchange(sessions.freshCode())
    if (opened.kind !== 'opened') throw new Error('not opened')
    const isOpen = () => sessions.isOpen(opened.keys.cookie, opened.keys.token)
    for (let day = 0; day < 20; day++) {
      pass(24 * HOUR)
      expect(isOpen()).toBe(true)
    }
    pass(8 * 24 * HOUR)
    expect(isOpen()).toBe(false)
  })

  it('outlive the launcher, and what is kept of them opens nothing', () => {
    const { sessions, pass, restart, kept } = open()
    const opened = sessions.exchange(sessions.freshCode())
    if (opened.kind !== 'opened') throw new Error('not opened')
    const { cookie, token } = opened.keys
    pass(HOUR)
    const next = restart()
    expect(next.isOpen(cookie, token)).toBe(true)
    expect(JSON.stringify(kept())).not.toContain(token)
    expect(JSON.stringify(kept())).not.toContain(cookie)
    expect(next.isOpen(kept()[0]!.cookie, kept()[0]!.token)).toBe(false)
    pass(8 * 24 * HOUR)
    expect(restart().isOpen(cookie, token)).toBe(false)
  })

  it('count as used over restarts', () => {
    const { sessions, pass, restart } = open()
    const opened = sessions.exchange(sessions.freshCode())
    if (opened.kind !== 'opened') throw new Error('not opened')
    let now = sessions
    for (let day = 0; day < 10; day++) {
      pass(24 * HOUR)
      now = restart()
      expect(now.isOpen(opened.keys.cookie, opened.keys.token)).toBe(true)
    }
  })

  it('stop listening to guesses, five a minute and twenty an hour, and listen again later', () => {
    const { sessions, pass } = open()
    const code = sessions.freshCode()
    for (let n = 0; n < 5; n++) expect(sessions.exchange(`guess ${n}`).kind).toBe('wrong')
    expect(sessions.exchange(code)).toEqual({ kind: 'too-many', retryAfterSeconds: 60 })
    for (let minute = 0; minute < 3; minute++) {
      pass(60_000)
      for (let n = 0; n < 5; n++) expect(sessions.exchange('guess').kind).toBe('wrong')
    }
    pass(60_000)
    expect(sessions.exchange(code)).toMatchObject({ kind: 'too-many', retryAfterSeconds: 56 * 60 })
    pass(56 * 60_000)
    expect(sessions.exchange(sessions.freshCode()).kind).toBe('opened')
  })

  it('are no more than 64, the least used ending first', () => {
    const { sessions } = open()
    const keys = Array.from({ length: 65 }, () => {
      const opened = sessions.exchange(sessions.freshCode())
      if (opened.kind !== 'opened') throw new Error('not opened')
      return opened.keys
    })
    expect(sessions.isOpen(keys[0]!.cookie, keys[0]!.token)).toBe(false)
    expect(keys.slice(1).every(({ cookie, token }) => sessions.isOpen(cookie, token))).toBe(true)
  })
})
