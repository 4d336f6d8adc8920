import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repoRoot } from '../../support/repo-root.ts'

const read = (name: string) => readFileSync(join(repoRoot, 'resources', 'icons', name))

/** Width and height of a PNG. @see PNG specification, IHDR */
function sizeOf(png: Buffer): string {
  expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`
}

describe('the icons', () => {
  it.each([16, 24, 32, 48, 64, 128, 256, 512, 1024])('of the app have %i pixels where their name says so', (size) => {
    expect(sizeOf(read(`png/${size}x${size}.png`))).toBe(`${size}x${size}`)
  })

  it.each([
    ['tray.png', 24],
    ['tray@2x.png', 48],
    ['tray-attention.png', 24],
    ['tray-attention@2x.png', 48],
    ['trayTemplate.png', 18],
    ['trayTemplate@2x.png', 36],
    ['tray-attentionTemplate.png', 18],
    ['tray-attentionTemplate@2x.png', 36],
  ])('of the tray: %s', (name, size) => {
    expect(sizeOf(read(name))).toBe(`${size}x${size}`)
  })

  it.each(['slipway.ico', 'tray.ico', 'tray-attention.ico'])('of Windows hold whole pictures: %s', (name) => {
    const ico = read(name)
    expect(ico.readUInt16LE(2)).toBe(1)
    for (let at = 0; at < ico.readUInt16LE(4); at += 1) {
      const entry = ico.subarray(6 + 16 * at, 22 + 16 * at)
      const size = entry.readUInt8(0) || 256
      const [length, offset] = [entry.readUInt32LE(8), entry.readUInt32LE(12)]
      expect(sizeOf(ico.subarray(offset, offset + length))).toBe(`${size}x${size}`)
    }
  })

  it('of macOS hold whole pictures, the largest of 1024 pixels', () => {
    const icns = read('slipway.icns')
    expect(icns.toString('latin1', 0, 4)).toBe('icns')
    expect(icns.readUInt32BE(4)).toBe(icns.length)
    const sizes = []
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4))
      sizes.push(sizeOf(icns.subarray(at + 8, at + icns.readUInt32BE(at + 4))))
    expect(sizes.at(-1)).toBe('1024x1024')
  })

  it('have a source for each', () => {
    for (const name of ['slipway', 'tray', 'tray-attention', 'tray-template', 'tray-attention-template'])
      expect(read(`${name}.svg`).toString()).toContain('<svg')
  })
})
