import { describe, expect, it } from 'vitest'
import { cashMovementOf, isCashRefusal } from '../../src/contracts/cash-movement-of.ts'

const USD = { code: 'USD', digits: 2 }
const of = (given: unknown) => cashMovementOf('r1', given, USD)
const change = (kind: string, amount: string) => {
  const read = of({ kind, amount })
  return isCashRefusal(read) ? read.code : read.changeMinor
}

describe('a request to book cash', () => {
  it('says by its kind which way the money went', () => {
    expect(change('deposit', '500')).toBe(50_000)
    expect(change('withdrawal', '500.5')).toBe(-50_050)
    expect(change('fee', '12.50')).toBe(-1_250)
    expect(change('interest', '3.07')).toBe(307)
  })

  it('may be of a fee that was given back, or interest that was charged', () => {
    expect(change('fee', '-5')).toBe(500)
    expect(change('interest', '-5')).toBe(-500)
  })

  it('keeps its note, without what stands around it', () => {
    expect(of({ kind: 'fee', amount: '1', note: ' CME data, November ' })).toMatchObject({ note: 'CME data, November' })
  })

  it.each([
    [{ kind: 'gift', amount: '5' }, '"gift" is no kind'],
    [{ kind: 'fee' }, 'Nothing is no amount of USD'],
    [{ kind: 'fee', amount: '1.005' }, '"1.005" is no amount of USD'],
    [{ kind: 'fee', amount: '1e3' }, '"1e3" is no amount of USD'],
    [{ kind: 'fee', amount: '99999999999999999' }, 'is no amount of USD'],
    [{ kind: 'fee', amount: '0.00' }, 'must be above 0'],
    [{ kind: 'deposit', amount: '-5' }, 'must be above 0'],
    [{ kind: 'withdrawal', amount: '-5' }, 'must be above 0'],
    [{ kind: 'fee', amount: '5', note: 'x'.repeat(201) }, "note can't be kept"],
    [{ kind: 'fee', amount: '5', note: 'one\ntwo' }, "note can't be kept"],
    [{ kind: 'fee', amount: '5', note: 7 }, "note can't be kept"],
    [null, 'Nothing is no kind'],
    ['fee', 'Nothing is no kind'],
  ])('is refused in words: %j', (given, said) => {
    const read = of(given)
    expect(read).toMatchObject({ code: 'cash-invalid', message: expect.stringContaining(said) })
    expect(isCashRefusal(read) && read.nextStep).not.toBe('')
  })
})
