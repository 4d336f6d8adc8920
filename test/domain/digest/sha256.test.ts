import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../../src/domain/digest/sha256.ts'

describe('SHA-256', () => {
  it('is what the standard gives for its examples', () => {
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(sha256Hex('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    )
  })

  it('is the one of Node for every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(sha256Hex(text)).toBe(hash('sha256', text))
      }),
    )
  })

  it('is the one of Node around the ends of blocks', () => {
    for (let length = 50; length < 140; length++)
      expect(sha256Hex('x'.repeat(length))).toBe(hash('sha256', 'x'.repeat(length)))
  })

  it('reads half a character as Node does', () => {
    for (const text of ['\ud83d', 'a\ude00b', '\ude00\ud83d']) expect(sha256Hex(text)).toBe(hash('sha256', text))
  })
})
