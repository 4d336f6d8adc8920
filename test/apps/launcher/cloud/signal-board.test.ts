import { describe, expect, it, onTestFinished } from 'vitest'
import { MOST_SIGNALS, openSignalBoard, type Shared } from '../../../../src/apps/launcher/cloud/signal-board.ts'
import type { LiveEvent } from '../../../../src/contracts/launcher/live.ts'
import type { SharedSignal } from '../../../../src/domain/signal/shared-signal.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'

const NOON = epochMs(Date.UTC(2026, 10, 20, 12))
const PAYLOAD = { symbol_class: 'us-equity-index', side: 'buy', strategy: 'vwap-bounce', confidence: 0.7 }

const told = (seq: number, payload: object = PAYLOAD, more: object = {}) =>
  JSON.stringify({ topic: 'signal', seq, at: '2026-11-20T12:00:00.000Z', payload, ...more })

const OWN: SharedSignal = { symbolClass: 'us-equity-index', side: 'buy', strategy: 'vwap-bounce', confidence: 0.7 }
const own = (seq: number, accountId = 'A1'): Shared => ({ seq, accountId, signal: OWN, source: 'synthetic' })

function board() {
  const clock = { elapsed: 0 }
  const opened = openSignalBoard(
    'run',
    () => NOON,
    () => clock.elapsed,
  )
  onTestFinished(() => opened.close())
  const { moved, said, connected } = opened.hearer
  moved!()
  const read = () => opened.read().signals
  return { ...opened, clock, moved: moved!, said: said!, connected: connected!, signals: read }
}

describe('signals of the cloud, as a launcher keeps them', () => {
  it('are read with what they say, the newest first, and nobody can tell whose they are', () => {
    const { said, signals } = board()
    said(told(7))
    said(told(9, { ...PAYLOAD, side: 'sell', source: 'live' }))
    expect(signals()).toEqual([
      expect.objectContaining({ id: 2, side: 'sell', source: 'live', accountId: null }),
      {
        ...{ id: 1, at: '2026-11-20T12:00:00.000Z', symbolClass: 'us-equity-index', side: 'buy' },
        ...{ strategy: 'vwap-bounce', confidence: 0.7, source: null, accountId: null },
      },
    ])
  })

  it('are kept up to a number, and the oldest go', () => {
    const { said, signals, clock } = board()
    for (let seq = 1; seq <= MOST_SIGNALS + 50; seq++) {
      clock.elapsed += 100
      said(told(seq))
    }
    expect(signals()).toHaveLength(MOST_SIGNALS)
    expect(signals().at(-1)!.id).toBe(51)
  })

  it('of a cloud that talks without end are read a hundred a second', () => {
    const { said, signals, clock } = board()
    for (let seq = 1; seq <= 5_000; seq++) said(told(seq))
    expect(signals()).toHaveLength(100)
    clock.elapsed += 1_000
    said(told(9_999))
    expect(signals()).toHaveLength(101)
  })

  it('are known as our own, whether the cloud tells of them before it answers or after', () => {
    const { said, sharing, signals } = board()
    const first = sharing()
    said(told(5))
    said(told(6))
    // Until it has answered nobody knows which of them is ours.
    expect(signals()).toEqual([])
    first(own(6))
    const second = sharing()
    second(own(8, 'B1'))
    said(told(8))
    expect(signals().map(({ accountId }) => accountId)).toEqual(['B1', 'A1', null])
  })

  it('of others come through when one of ours was lost', () => {
    const { said, sharing, signals } = board()
    const lost = sharing()
    said(told(5))
    lost(undefined)
    expect(signals()).toHaveLength(1)
  })

  it('are told once, also by a stream that resumes', () => {
    const { said, signals } = board()
    said(told(5))
    said(told(5))
    expect(signals()).toHaveLength(1)
  })

  it('of another cloud are not those of the one before', () => {
    const { said, moved, connected, sharing, signals, read } = board()
    connected(true)
    said(told(5))
    expect(read().isHearing).toBe(true)
    const late = sharing()
    moved()
    late(own(6))
    expect({ signals: signals(), isHearing: read().isHearing }).toEqual({ signals: [], isHearing: false })
  })

  it.each([
    ['no JSON', '<html>'],
    ['another topic', told(5, PAYLOAD, { topic: 'calendar' })],
    ['markup for a strategy', told(5, { ...PAYLOAD, strategy: '<img src=x onerror=alert(1)>' })],
    ['an escape sequence for a class', told(5, { ...PAYLOAD, symbol_class: '\u001B[2Jowned' })],
    ['a class that is far too long', told(5, { ...PAYLOAD, symbol_class: 'x'.repeat(60_000) })],
    ['a confidence beyond its bounds', told(5, { ...PAYLOAD, confidence: 1e9 })],
    ['a number that is none', told(-5)],
    ['a time that is none', told(5, PAYLOAD, { at: 'soon' })],
    ['a source nobody knows', told(5, { ...PAYLOAD, source: '__proto__' })],
    ['nothing', ''],
  ])('are not made of %s', (_what, text) => {
    const { said, signals } = board()
    said(text)
    expect(signals()).toEqual([])
  })

  it('are news for whoever follows them, many at once as one', async () => {
    const { said, ring } = board()
    const ends = new AbortController()
    const events: LiveEvent[] = []
    const reading = (async () => {
      for await (const { event } of ring.read(undefined, ends.signal)) events.push(event)
    })()
    await expect.poll(() => events.length).toBe(2)
    for (let seq = 1; seq <= 20; seq++) said(told(seq))
    await expect.poll(() => events.length).toBe(3)
    ends.abort()
    await reading
    expect(events.every(({ type }) => type === 'signals')).toBe(true)
  })
})
