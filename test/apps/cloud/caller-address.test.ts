import { describe, expect, it } from 'vitest'
import { callerAddress } from '../../../src/apps/cloud/caller-address.ts'

describe('the address of a caller', () => {
  it.each([
    [undefined, undefined, 'local'],
    ['192.0.2.7', undefined, '192.0.2.7'],
    ['::ffff:192.0.2.7', undefined, '192.0.2.7'],
    ['::1', undefined, '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', undefined, '2001:db8:1:2::/64'],
    ['2001:db8::9', undefined, '2001:db8:0:0::/64'],
    ['fe80::1%eth0', undefined, 'fe80:0:0:0::/64'],
    // Behind our proxy: only what the proxy itself has seen.
    ['10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['10.0.0.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.1', '203.0.113.9, <script>', '10.0.0.1'],
    ['10.0.0.1', 'x'.repeat(10_000), '10.0.0.1'],
    ['10.0.0.1', '', '10.0.0.1'],
    ['10.0.0.1', '203.0.113.9:50123', '203.0.113.9'],
    ['10.0.0.1', '[2001:db8::9]:50123', '2001:db8:0:0::/64'],
  ])('of peer %s with X-Forwarded-For %s is %s', (peer, forwarded, address) => {
    expect(callerAddress(peer, forwarded)).toBe(address)
  })
})
