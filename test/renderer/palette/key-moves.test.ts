import { describe, expect, it } from 'vitest'
import { keyMove, type KeyMove, type PressedKey } from '../../../renderer/palette/key-moves.ts'

const NONE: KeyMove = { kind: 'none' }
const press = (key: string, more: Partial<PressedKey> = {}): PressedKey => ({
  ...{ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isTyping: false },
  ...more,
})

describe('the keys that work everywhere', () => {
  it.each([{ ctrlKey: true }, { metaKey: true }, { ctrlKey: true, isTyping: true }])(
    'open the palette with K and %j',
    (held) => {
      expect(keyMove(press('k', held), NONE)).toEqual({ kind: 'palette' })
    },
  )

  it('go to a page by two letters, one after the other', () => {
    const first = keyMove(press('g'), NONE)
    expect(first).toEqual({ kind: 'go-next' })
    expect(keyMove(press('c'), first)).toEqual({ kind: 'go', place: { page: 'calendar' } })
    expect(keyMove(press('c'), NONE)).toEqual(NONE)
    expect(keyMove(press('x'), first)).toEqual(NONE)
  })

  it('are letters in a field', () => {
    for (const key of ['g', '?', 'k']) expect(keyMove(press(key, { isTyping: true }), NONE)).toEqual(NONE)
  })

  it('leave the keys of the browser alone', () => {
    expect(keyMove(press('K', { ctrlKey: true, shiftKey: true }), NONE)).toEqual(NONE)
    expect(keyMove(press('g', { ctrlKey: true }), NONE)).toEqual(NONE)
    expect(keyMove(press('a', { altKey: true }), { kind: 'go-next' })).toEqual(NONE)
  })

  it('show themselves with ?', () => {
    expect(keyMove(press('?', { shiftKey: true }), NONE)).toEqual({ kind: 'help' })
  })
})
