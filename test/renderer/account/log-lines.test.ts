import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinLines, MOST_LINES, patternOf } from '../../../renderer/account/log-lines.ts'
import { logLine } from '../../support/fake-launcher.ts'

const log = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => logLine(from + at))

describe('lines that arrive', () => {
  it('are shown once, in the order of the log, however often the stream broke', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(10)), { maxLength: 10 }), (breaks) => {
        // Each time the stream is opened, the tail may reach back over what was seen, never leaving a hole.
        let end = 5
        let shown = joinLines([], log(0, end), true)
        for (const [back, more] of breaks) {
          shown = joinLines(shown, log(Math.max(0, end - 1 - back), end + more), true)
          end += more
        }
        expect(shown).toEqual(log(0, end))
      }),
    )
  })

  it('replace what is shown when they do not reach back to it, so that a hole never looks like the next line', () => {
    expect(joinLines(log(0, 5), log(8, 10), true)).toEqual(log(8, 10))
  })

  it('replace what is shown when they are those of another log', () => {
    const other = [logLine(0, { message: 'a new account' }), logLine(1, { message: 'of the same name' })]
    expect(joinLines(log(0, 5), other, true)).toEqual(other)
  })

  it('push the oldest out when there are too many', () => {
    const shown = joinLines(log(0, MOST_LINES), log(MOST_LINES, MOST_LINES + 3), false)
    expect(shown).toHaveLength(MOST_LINES)
    expect(shown[0]).toEqual(logLine(3))
  })

  it('begin anew with a tail that reaches farther back than what is shown', () => {
    expect(joinLines(log(100, 200), log(90, 205), true)).toEqual(log(90, 205))
  })
})

describe('typed text', () => {
  it('is looked for as it was typed, whatever its case and its signs', () => {
    const typing = fc.string({ minLength: 1, maxLength: 40 }).filter((typed) => typed.trim() !== '')
    fc.assert(
      fc.property(typing, (typed) => {
        expect(new RegExp(patternOf(typed)!).test(JSON.stringify({ msg: `before ${typed} after` }))).toBe(true)
      }),
    )
  })

  it('finds upper case by lower case', () => {
    expect(new RegExp(patternOf('es.h5')!).test('{"symbol":"ES.H5"}')).toBe(true)
    expect(new RegExp(patternOf('es.h5')!).test('{"symbol":"ESXH5"}')).toBe(false)
  })

  it('is no filter when there is none', () => {
    expect(patternOf('  ')).toBeUndefined()
  })
})
