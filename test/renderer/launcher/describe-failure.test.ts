import { describe, expect, it } from 'vitest'
import { describeFailure, unreachable } from '../../../renderer/launcher/describe-failure.ts'
import { isDesktopWindow } from '../../../renderer/page/desktop-window.ts'

describe('a launcher that does not answer', () => {
  it('is started from a terminal by whoever has the page in a browser', () => {
    expect(unreachable(isDesktopWindow({ protocol: 'http:' })).nextStep).toContain('npx slipway open')
    expect(describeFailure(new TypeError('fetch failed'))).toEqual(unreachable(false))
  })

  it('is started from the menu of the desktop window', () => {
    const { nextStep } = unreachable(isDesktopWindow({ protocol: 'app:' }))
    expect(nextStep).toContain('Bots → Start the launcher')
    expect(nextStep).not.toContain('npx')
  })
})
