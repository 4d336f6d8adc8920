import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { PageShell } from '../../../renderer/page/page-shell.tsx'
import { SessionPage } from '../../../renderer/session/session-page.tsx'
import { refusal } from '../../../src/domain/failure/refusal.ts'
import { prepareBrowser } from '../../support/render-page.tsx'

const why = refusal('unauthorized', 'This page has no session.', 'Run: npx slipway open')

function show(state: Parameters<typeof SessionPage>[0]['state'], isDesktop = false) {
  prepareBrowser()
  const retries: number[] = []
  render(
    <PageShell env="test">
      <SessionPage state={state} onRetry={() => retries.push(1)} isDesktop={isDesktop} />
    </PageShell>,
  )
  return retries
}

describe('a page without a session', () => {
  afterEach(cleanup)

  it('says what to type when its session has ended', () => {
    show({ kind: 'ended', why })
    expect(screen.getByRole('alert').textContent).toBe('This page has no session.')
    expect(screen.getByText('npx slipway open')).toBeDefined()
  })

  it('sends nobody from the desktop window to a terminal', () => {
    show({ kind: 'ended', why: refusal('unauthorized', 'It has ended.', 'Bots → Start the launcher') }, true)
    expect(screen.getByText('Bots → Start the launcher')).toBeDefined()
    expect(screen.queryByText(/npx/)).toBeNull()
  })

  it('says what it waits for', () => {
    show({ kind: 'opening' })
    expect(screen.getByRole('status').textContent).toContain('Opening a session')
  })

  it('lets a person try again when the launcher was not reached', () => {
    const retries = show({ kind: 'not-reached', why })
    expect(screen.getByText('unauthorized')).toBeDefined()
    screen.getByRole('button', { name: 'Try again' }).click()
    expect(retries).toEqual([1])
  })
})
