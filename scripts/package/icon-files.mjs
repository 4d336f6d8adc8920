// The two formats that hold several PNGs of one picture.

/**
 * A Windows icon.
 *
 * @param {{ size: number, png: Buffer }[]} pictures square, 1 to 256 pixels
 * @see https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10), ICONDIR; PNG since Windows Vista
 */
export function asIco(pictures) {
  const directory = Buffer.alloc(6 + 16 * pictures.length)
  directory.writeUInt16LE(1, 2)
  directory.writeUInt16LE(pictures.length, 4)
  let offset = directory.length
  for (const [index, { size, png }] of pictures.entries()) {
    const at = 6 + 16 * index
    // 256 is written as 0.
    directory.writeUInt8(size % 256, at)
    directory.writeUInt8(size % 256, at + 1)
    directory.writeUInt16LE(1, at + 4)
    directory.writeUInt16LE(32, at + 6)
    directory.writeUInt32LE(png.length, at + 8)
    directory.writeUInt32LE(offset, at + 12)
    offset += png.length
  }
  return Buffer.concat([directory, ...pictures.map(({ png }) => png)])
}

/** Types of a macOS icon that hold PNGs, and the pixels of each; those that end in `x2` are for a doubled screen. */
export const ICNS_TYPES = [
  { type: 'icp4', size: 16 },
  { type: 'icp5', size: 32 },
  { type: 'ic11', size: 32 },
  { type: 'ic12', size: 64 },
  { type: 'ic07', size: 128 },
  { type: 'ic13', size: 256 },
  { type: 'ic08', size: 256 },
  { type: 'ic14', size: 512 },
  { type: 'ic09', size: 512 },
  { type: 'ic10', size: 1024 },
]

/**
 * A macOS icon.
 *
 * @param {Map<number, Buffer>} pngs by their size in pixels
 */
export function asIcns(pngs) {
  const parts = ICNS_TYPES.map(({ type, size }) => block(type, pngs.get(size)))
  return block('icns', Buffer.concat(parts))
}

function block(type, data) {
  const head = Buffer.alloc(8)
  head.write(type, 0, 'latin1')
  head.writeUInt32BE(data.length + 8, 4)
  return Buffer.concat([head, data])
}
