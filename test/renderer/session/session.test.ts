import { describe, expect, it, vi } from 'vitest'
import { openSession } from '../../../renderer/session/session.ts'
import { takeCode } from '../../../renderer/session/take-code.ts'
import { refusal } from '../../../src/domain/failure/refusal.ts'

const WRONG = refusal('unauthorized', 'This address was used already.', 'Open a new one.')

/** A browser tab at an address, and a launcher that answers the exchange. */
function tab(given: { code?: string; stored?: string; answer?: () => Promise<Response> } = {}) {
  const kept = new Map(given.stored === undefined ? [] : [['slipway-session', given.stored]])
  const told: unknown[] = []
  const codes: string[] = []
  const address = { code: given.code }
  const peers = {
    postMessage: (message: unknown) => void told.push(message),
    onmessage: null as BroadcastChannel['onmessage'],
  }
  const answers = { now: given.answer ?? (async () => Response.json({ token: 'fresh' })) }
  const session = openSession({
    takeCode() {
      const { code } = address
      address.code = undefined
      return code
    },
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
    exchange(code) {
      codes.push(code)
      return answers.now()
    },
    peers,
  })
  const hear = (data: unknown) => peers.onmessage?.call({} as BroadcastChannel, new MessageEvent('message', { data }))
  return { session, kept, told, codes, address, answers, hear }
}

const refused = async () => Response.json({ code: 'UNAUTHORIZED', status: 401, data: WRONG }, { status: 401 })

describe('the session of a page', () => {
  it('is bought with the code of the address, once, and kept for a reload', async () => {
    const { session, kept, codes } = tab({ code: 'one-time' })
    expect(session.get()).toEqual({ kind: 'opening' })
    await vi.waitFor(() => expect(session.get()).toEqual({ kind: 'open', token: 'fresh' }))
    expect([codes, kept.get('slipway-session')]).toEqual([['one-time'], 'fresh'])
  })

  it('goes on after a reload', () => {
    expect(tab({ stored: 'kept' }).session.get()).toEqual({ kind: 'open', token: 'kept' })
  })

  it('is tried without a token where the door may ask for none', () => {
    expect(tab().session.get()).toEqual({ kind: 'open', token: undefined })
  })

  it('ends with the reason when the code is no good', async () => {
    const { session } = tab({ code: 'used', answer: refused })
    await vi.waitFor(() => expect(session.get()).toEqual({ kind: 'ended', why: WRONG }))
  })

  it('is the stored one when the code is no good but a session is there', async () => {
    const { session } = tab({ code: 'used', stored: 'kept', answer: refused })
    await vi.waitFor(() => expect(session.get()).toEqual({ kind: 'open', token: 'kept' }))
  })

  it('keeps a code that did not reach the launcher, to try again', async () => {
    const { session, answers, codes } = tab({
      code: 'one-time',
      answer: () => Promise.reject(new TypeError('offline')),
    })
    await vi.waitFor(() => expect(session.get().kind).toBe('not-reached'))
    answers.now = async () => Response.json({ token: 'fresh' })
    session.tryAgain()
    await vi.waitFor(() => expect(session.get()).toEqual({ kind: 'open', token: 'fresh' }))
    expect(codes).toEqual(['one-time', 'one-time'])
  })

  it('ends when the launcher does not know its token any more', () => {
    const { session, kept } = tab({ stored: 'kept' })
    session.refused('kept')
    expect(session.get().kind).toBe('ended')
    expect(kept.size).toBe(0)
  })

  it('does not end because an older token of it was refused', () => {
    const { session } = tab({ stored: 'kept' })
    session.refused('older')
    expect(session.get().kind).toBe('open')
  })

  it('takes the token of a page opened after it, whose cookie has replaced its own', async () => {
    const later = tab({ code: 'one-time' })
    await vi.waitFor(() => expect(later.told).toEqual([{ token: 'fresh' }]))
    const earlier = tab({ stored: 'kept' })
    earlier.hear(later.told[0])
    expect(earlier.session.get()).toEqual({ kind: 'open', token: 'fresh' })
    earlier.hear({ token: 7 })
    expect(earlier.session.get()).toEqual({ kind: 'open', token: 'fresh' })
  })

  it('comes back when a new address is pasted into the ended page', async () => {
    const { session, address } = tab({ stored: 'kept' })
    session.refused('kept')
    address.code = 'another'
    session.addressChanged()
    await vi.waitFor(() => expect(session.get()).toEqual({ kind: 'open', token: 'fresh' }))
  })
})

describe('the code in the address', () => {
  const at = (hash: string, protocol = 'http:') => {
    const replaced: unknown[] = []
    const history = { replaceState: (...args: unknown[]) => void replaced.push(args[2]) } as unknown as History
    return { code: takeCode({ protocol, hash, pathname: '/', search: '' }, history), replaced }
  }

  it('is taken out of it at once', () => {
    expect(at('#code=abc')).toEqual({ code: 'abc', replaced: ['/'] })
  })

  it('leaves the rest of it alone', () => {
    expect(at('#account=anna&code=abc')).toEqual({ code: 'abc', replaced: ['/#account=anna'] })
    expect(at('#account=anna')).toEqual({ code: undefined, replaced: [] })
  })

  it('is not looked for in the desktop window, whose door asks for no session', () => {
    expect(at('#/account/anna', 'app:')).toEqual({ code: undefined, replaced: [] })
    expect(at('#code=abc', 'app:')).toEqual({ code: undefined, replaced: [] })
  })
})
