import { describe, expect, it } from 'vitest'
import { logKey } from '../../../renderer/logs/log-keys.ts'
import { SHORTCUTS } from '../../../renderer/palette/shortcuts.tsx'

const NAMES: Readonly<Record<string, string>> = { '↑': 'ArrowUp', '↓': 'ArrowDown' }
const plain = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false }

describe('the keys that the settings list', () => {
  it('stand there once', () => {
    const rows = SHORTCUTS.map(([keys, , where]) => `${keys.join('+')} ${where}`)
    expect(new Set(rows).size).toBe(rows.length)
  })

  it('of a log are those that do something there, Enter and End among them', () => {
    const keys = SHORTCUTS.flatMap(([names, , where]) => (where === 'In a log' ? names : []))
    expect(keys).toEqual(expect.arrayContaining(['Enter', 'End', 'Home', '/', 't', 'f', 'c']))
    for (const key of keys) {
      const does = logKey({ key: NAMES[key] ?? key, ...plain }, 3, { total: 9, page: 3, first: 0 })
      expect(does, key).toBeDefined()
    }
  })
})
