import { describe, expect, it } from 'vitest'
import { copyInWindow } from '../../../renderer/page/copy-in-window.ts'

/** A page whose document copies as Chromium does: it asks whoever listens, and keeps what they put in. */
function pageOf(protocol: string, allows = true) {
  const listeners = new Set<(event: unknown) => void>()
  const kept: string[] = []
  const clipboard = { writeText: () => Promise.reject(new Error('no permission')) }
  const document = {
    addEventListener: (_name: string, listener: (event: unknown) => void) => listeners.add(listener),
    removeEventListener: (_name: string, listener: (event: unknown) => void) => listeners.delete(listener),
    execCommand() {
      if (!allows) return false
      const event = {
        clipboardData: { setData: (_type: string, text: string) => kept.push(text) },
        ...{ preventDefault: () => undefined, stopImmediatePropagation: () => undefined },
      }
      for (const listener of listeners) listener(event)
      return true
    },
  }
  copyInWindow({ location: { protocol }, navigator: { clipboard }, document } as unknown as Window)
  return { kept, listeners, copy: clipboard.writeText as unknown as (text: string) => Promise<void> }
}

describe('copying in the desktop window', () => {
  it('needs no permission', async () => {
    const { kept, listeners, copy } = pageOf('app:')
    await copy('line 1\nline 2')
    expect(kept).toEqual(['line 1\nline 2'])
    expect(listeners.size).toBe(0)
  })

  it('says so when nobody clicked', async () => {
    await expect(pageOf('app:', false).copy('x')).rejects.toThrow('Nothing was copied.')
  })

  it('is left to the browser elsewhere', async () => {
    await expect(pageOf('http:').copy('x')).rejects.toThrow('no permission')
  })
})
