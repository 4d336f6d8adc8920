/** Screen coordinates, device-independent pixels. */
export type Box = Readonly<{ x: number; y: number; width: number; height: number }>

/** Where the window was, and how. */
export type WindowPlace = Readonly<{ box: Box; maximized: boolean; fullScreen: boolean }>

export const USUAL_SIZE = { width: 1440, height: 900 } as const
export const SMALLEST_SIZE = { width: 900, height: 600 } as const

/** This much of a window has to be on a screen for a person to find it and drag it, pixels. */
const VISIBLE = { width: 160, height: 48 } as const

/**
 * Where to open the window: where it was, unless that is no longer on any screen (one was unplugged, or is smaller
 * now); then in the middle of the main one. Never larger than its screen.
 *
 * @param remembered where the window was; undefined the first time
 * @param workAreas  of every screen, the main one first; not empty
 */
export function placeWindow(remembered: Box | undefined, workAreas: readonly Box[]): Box {
  const main = workAreas[0]!
  if (!remembered) return centred(USUAL_SIZE, main)
  const placed = workAreas.map((area) => ({
    area,
    box: { x: remembered.x, y: remembered.y, ...limited(remembered, area) },
  }))
  const found = placed.find(({ area, box }) => {
    const seen = overlap({ ...box, height: VISIBLE.height }, area)
    return seen.width >= VISIBLE.width && seen.height >= VISIBLE.height / 2
  })
  return found?.box ?? centred(remembered, main)
}

function centred(size: Pick<Box, 'width' | 'height'>, area: Box): Box {
  const { width, height } = limited(size, area)
  return {
    x: area.x + Math.round((area.width - width) / 2),
    y: area.y + Math.round((area.height - height) / 2),
    width,
    height,
  }
}

function limited({ width, height }: Pick<Box, 'width' | 'height'>, area: Box) {
  return {
    width: Math.min(Math.max(width, SMALLEST_SIZE.width), area.width),
    height: Math.min(Math.max(height, SMALLEST_SIZE.height), area.height),
  }
}

function overlap(a: Box, b: Box) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return { width: Math.max(0, width), height: Math.max(0, height) }
}
