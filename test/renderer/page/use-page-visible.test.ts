import { act, cleanup, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { usePageVisible } from '../../../renderer/page/use-page-visible.ts'

function hide(isHidden: boolean): void {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden })
  act(() => void document.dispatchEvent(new Event('visibilitychange')))
}

describe('a page', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    hide(false)
    cleanup()
    vi.useRealTimers()
  })

  it('counts as hidden only when it has been out of sight for a while, and as visible at once', () => {
    const { result } = renderHook(usePageVisible)
    hide(true)
    act(() => void vi.advanceTimersByTime(19_000))
    expect(result.current).toBe(true)
    act(() => void vi.advanceTimersByTime(2_000))
    expect(result.current).toBe(false)
    hide(false)
    expect(result.current).toBe(true)
  })

  it('stays visible when somebody only looked away', () => {
    const { result } = renderHook(usePageVisible)
    hide(true)
    act(() => void vi.advanceTimersByTime(10_000))
    hide(false)
    act(() => void vi.advanceTimersByTime(60_000))
    expect(result.current).toBe(true)
  })
})
