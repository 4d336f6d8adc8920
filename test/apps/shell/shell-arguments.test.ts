import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accountOfLink, parseShellArguments } from '../../../src/apps/shell/shell-arguments.ts'
import { isOlder } from '../../../src/apps/shell/launcher/is-older.ts'

describe('the shell’s command line', () => {
  it('names an account in any of three ways', () => {
    for (const argv of [['--account', 'A1'], ['--account=A1'], ['--some-switch', 'slipway://account/A1']])
      expect(parseShellArguments(argv).accountId).toBe('A1')
  })

  it('ignores what no account can be called, and what Chromium adds', () => {
    for (const argv of [['--account', '../../etc'], ['--account'], ['--account', '--hidden'], ['--disable-gpu', 'x']])
      expect(parseShellArguments(argv).accountId).toBeUndefined()
  })

  it('knows where it was started from', () => {
    expect(parseShellArguments(['--hidden', '--await-launcher', '--home', '/data'])).toMatchObject({
      ...{ hidden: true, awaitLauncher: true, home: '/data' },
    })
    expect(parseShellArguments([])).toMatchObject({ hidden: false, awaitLauncher: false, home: undefined })
  })
})

describe('a link', () => {
  it('leads to an account', () => {
    expect(accountOfLink('slipway://account/ES-1')).toBe('ES-1')
    expect(accountOfLink('SLIPWAY://account/ES-1/')).toBe('ES-1')
  })

  it.each([
    ...['slipway://account/', 'slipway://account/a/b', 'slipway://account/..', 'slipway://account/%2e%2e%2fx'],
    ...['slipway://stop/ES-1', 'slipway://account/ES-1?stop=1', 'slipway://account/ES-1#/settings', 'slipway:account'],
    ...['slipway://u@account/ES-1', 'https://account/ES-1', 'slipway://account/%', 'slipway://account/CON'],
  ])('leads nowhere: %s', (link) => {
    expect(accountOfLink(link)).toBeUndefined()
  })

  it('never leads to anything but an account id, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const id = accountOfLink(`slipway://account/${text}`)
        expect(id === undefined || /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)).toBe(true)
      }),
    )
  })
})

describe('versions', () => {
  it.each([
    ['0.1.0', '0.1.1', true],
    ['0.9.0', '0.10.0', true],
    ['1.0.0-beta.1', '1.0.0', true],
    ['1.0.0', '1.0.0-beta.1', false],
    ['1.0.0', '1.0.0', false],
    ['2.0.0', '1.9.9', false],
    ['dev', '1.0.0', false],
    ['1.0.0', 'dev', false],
  ])('%s before %s: %s', (version, than, expected) => {
    expect(isOlder(version, than)).toBe(expected)
  })
})
