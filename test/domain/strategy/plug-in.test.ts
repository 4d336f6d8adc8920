import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isStoppedSnapshot,
  looksLikePath,
  readDescription,
  whyNotPlugInId,
} from '../../../src/domain/strategy/plug-in.ts'
import { readProposal } from '../../../src/domain/strategy/read-proposal.ts'

const reasons = [{ code: 'cross', text: 'It crossed.' }]
const enter = { kind: 'enter', side: 'buy', stopPx: 10, targetPx: 30, reasons, features: { a: 1 } }
const spec = { name: 'fast', label: 'L', help: 'H', unit: 'bars', kind: 'integer', default: 5, min: 1, max: 9 }

describe('a proposal of a plug-in', () => {
  it('is taken as it is when it is well formed', () => {
    expect(readProposal(enter)).toEqual(enter)
    expect(readProposal({ ...enter, features: undefined })).toEqual({ ...enter, features: {} })
    expect(readProposal({ kind: 'exit', reason: 'signal', reasons: [] })).toEqual({
      kind: 'exit',
      reason: 'signal',
      reasons: [],
    })
    const hold = { kind: 'hold', side: 'sell', reasons, features: {} }
    expect(readProposal(hold)).toEqual(hold)
    // Of an option that was asked for, say: nothing would have been bought or sold of the instrument itself.
    expect(readProposal({ kind: 'hold', reasons })).toEqual({ kind: 'hold', reasons, features: {} })
    const command = {
      kind: 'straddle',
      side: 'buy',
      underlying: 'NIFTY',
      expiry: { nth: 0 },
      strike: { itmOffset: 0 },
      quantity: 1,
    }
    expect(readProposal({ kind: 'trade', command, reasons })).toMatchObject({ command })
  })

  it('may have features whose names the pool does not take: that costs its place there, not the strategy', () => {
    for (const name of ['constructor', '__proto__']) {
      const features = JSON.parse(`{"${name}":1}`) as unknown
      expect(readProposal({ ...enter, features })).toMatchObject({ kind: 'enter' })
    }
    expect(readProposal({ ...enter, features: { __other__: 1 } })).toMatch(/has a name "__other__"/)
  })

  it.each([
    [{ ...enter, stopPx: 1.5 }, 'stopPx must be a whole number of ticks above 0, and is 1.5'],
    [{ ...enter, targetPx: 'NaN' }, 'targetPx must be a whole number of ticks above 0, and is "NaN"'],
    [{ ...enter, side: 'long' }, 'side must be "buy" or "sell", and is "long"'],
    [{ ...enter, side: undefined }, 'side must be "buy" or "sell", and is missing'],
    [{ ...enter, reasons: [] }, 'reasons must name at least 1'],
    [
      { ...enter, quantity: 5 },
      '"enter" has no field quantity; its fields are side, stopPx, targetPx, reasons, features',
    ],
    [{ ...enter, features: { a: null } }, 'features.a must be a number, and is null'],
    [
      { kind: 'exit', reason: 'mood', reasons },
      'reason must be one of time-stop, session-close, signal, and is "mood"',
    ],
    [{ kind: 'trade', command: { kind: 'sell-all' }, reasons }, 'there is no command "sell-all"'],
    [
      { kind: 'trade', command: { kind: 'buy', symbol: 'ES', quantity: 0 }, reasons },
      'quantity of the command buy must be a whole number of lots above 0, and is 0',
    ],
    [
      {
        kind: 'trade',
        command: { kind: 'buy-call', underlying: 'NIFTY', expiry: {}, strike: { itmOffset: 0 }, quantity: 1 },
        reasons,
      },
      'expiry of the command buy-call must have date, or nth',
    ],
    ['buy', 'a proposal must be an object or undefined, and is "buy"'],
  ])('is refused with what is wrong: %j', (given, why) => {
    expect(readProposal(given)).toBe(why)
  })

  it('of any JSON is read or refused, never thrown over', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const found = readProposal(value)
        return typeof found === 'string' || typeof found.kind === 'string'
      }),
    )
    fc.assert(
      fc.property(
        fc.record({ kind: fc.constant('trade'), command: fc.jsonValue(), reasons: fc.constant(reasons) }),
        (value) => {
          const found = readProposal(value)
          return typeof found === 'string' || found.kind === 'trade'
        },
      ),
    )
  })
})

describe('what a plug-in says of itself', () => {
  it('is read when it is whole', () => {
    const given = { id: 'x', title: 'X', parameters: [spec], open: () => undefined }
    expect(readDescription(given)).toEqual({ id: 'x', title: 'X', parameters: [spec] })
  })

  it.each([
    [{ ...spec, default: 10 }, 'parameters[0].default (10) is not within 1 to 9'],
    [{ ...spec, min: 0.5 }, 'parameters[0].min must be a whole number, and is 0.5'],
    [{ ...spec, kind: 'float' }, 'parameters[0].kind must be "integer" or "number", and is "float"'],
    [{ ...spec, unit: undefined }, 'parameters[0].unit must be a text, and is missing'],
    [{ ...spec, name: 'risk.max' }, 'parameters[0].name must be a word such as fastBars, and is "risk.max"'],
  ])('is refused with the parameter that is wrong: %j', (parameter, why) => {
    expect(readDescription({ id: 'x', title: 'X', parameters: [parameter] })).toBe(why)
  })
})

describe('a name', () => {
  it.each(['./a.ts', 'a.ts', '/x/a', 'C:\\x\\a.js', '..\\a', '.'])('%s is a path', (name) => {
    expect(looksLikePath(name)).toBe(true)
  })
  it.each(['my-cross', 'vwap-bounce', 'x'])('%s is no path', (name) => expect(looksLikePath(name)).toBe(false))
  it('is no id when Windows or we have it already', () => {
    expect(whyNotPlugInId('nul')).toContain('Windows')
    expect(whyNotPlugInId('vwap-bounce')).toContain('built-in')
    expect(whyNotPlugInId('My')).toContain('small letters')
    expect(whyNotPlugInId('my-2')).toBeUndefined()
  })
})

describe('a snapshot', () => {
  it('of a stopped run is told from one that can be continued', () => {
    expect(isStoppedSnapshot({ plugIn: 1, stopped: 'threw' })).toBe(true)
    for (const other of [{ plugIn: 1, state: 3 }, null, 5, { stopped: 'x' }])
      expect(isStoppedSnapshot(other)).toBe(false)
  })
})
