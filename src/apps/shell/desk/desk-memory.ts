import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { replaceFile } from '../../../adapters/file/replace-file.ts'

const Box = z.object({
  x: z.int().min(-100_000).max(100_000),
  y: z.int().min(-100_000).max(100_000),
  width: z.int().min(1).max(100_000),
  height: z.int().min(1).max(100_000),
})

/** What the window remembers between two runs; every part may be missing. */
export const Desk = z.object({
  window: z.object({ box: Box, maximized: z.boolean(), fullScreen: z.boolean() }).optional(),
  /** The user was told that a closed window stays in the tray. */
  toldOfTray: z.boolean().default(false),
})
export type Desk = z.output<typeof Desk>

export type DeskMemory = Readonly<{
  get: () => Desk
  /** Never fails: what can't be kept is only forgotten. */
  change: (part: Partial<Desk>) => void
}>

/** A small file; one that is torn or of another version is as good as none. */
export function openDeskMemory(file: string): DeskMemory {
  let desk = read(file)
  return {
    get: () => desk,
    change(part) {
      desk = { ...desk, ...part }
      try {
        replaceFile(file, `${JSON.stringify(desk, null, 2)}\n`)
      } catch {
        // A full disk must not keep anybody from moving a window.
      }
    },
  }
}

function read(file: string): Desk {
  try {
    return Desk.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return Desk.parse({})
  }
}
