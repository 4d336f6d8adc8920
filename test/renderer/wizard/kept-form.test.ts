import { beforeEach, describe, expect, it } from 'vitest'
import { EMPTY_DRAFT, withValue } from '../../../renderer/wizard/draft.ts'
import { forgetForm, keepForm, readKeptForm, resumeAt } from '../../../renderer/wizard/kept-form.ts'

const storage = window.sessionStorage
const draft = { ...withValue(EMPTY_DRAFT, 'risk.maxDailyLoss', '750'), accountId: 'desk-1', user: 'anna' }

describe('a half-filled form of a new account', () => {
  beforeEach(() => storage.clear())

  it('is found again with the step it was at, and forgotten when told so', () => {
    keepForm(storage, '', { draft, step: 'market' })
    expect(readKeptForm(storage, '')).toEqual({ draft, step: 'market' })
    forgetForm(storage, '')
    expect(readKeptForm(storage, '')).toBeUndefined()
  })

  it('is one for each account that it began as the twin of', () => {
    keepForm(storage, 'desk-0', { draft, step: 'broker' })
    expect(readKeptForm(storage, '')).toBeUndefined()
    expect(readKeptForm(storage, 'desk-0')?.draft.accountId).toBe('desk-1')
  })

  it.each([
    ['https://bridge.example:8443', true],
    ['https://me:s3cret@bridge.example', false],
    ['https://bridge.example/?token=s3cret', false],
    ['https://bridge.example/#s3cret', false],
  ])('keeps an address only where it can carry no secret: %s', (url, isKept) => {
    keepForm(storage, '', { draft: withValue(draft, 'gateway.url', url), step: 'credentials' })
    expect(readKeptForm(storage, '')?.draft.values['gateway.url']).toBe(isKept ? url : undefined)
    expect(storage.getItem('slipway.new-account.')).not.toContain('s3cret')
  })

  it.each(['', '{', '[]', '{"step":"nowhere","draft":{}}'])('counts as none where it can not be read: %j', (text) => {
    storage.setItem('slipway.new-account.', text)
    expect(readKeptForm(storage, '')).toBeUndefined()
  })

  it('goes on no further than where secrets are typed again', () => {
    const gateway = { ...draft, broker: 'gateway' }
    expect(resumeAt({ draft, step: 'review' })).toBe('review')
    expect(resumeAt({ draft: gateway, step: 'review' })).toBe('credentials')
    expect(resumeAt({ draft: gateway, step: 'broker' })).toBe('broker')
  })
})
