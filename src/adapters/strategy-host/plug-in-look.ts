import { z } from 'zod'
import { readDescription } from '../../domain/strategy/plug-in.ts'

const Description = z.unknown().transform((value, context) => {
  const read = readDescription(value)
  if (typeof read !== 'string') return read
  context.addIssue(read)
  return z.NEVER
})

/** File of the plug-in, as the process was given it. */
const entry = z.string()

/**
 * What the process that looks at plug-ins says of one of them, as a line of JSON. It may say so twice, because the cause
 * of a failure can be clearer a moment later; the last line counts.
 */
export const PlugInLook = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loaded'), entry, description: Description }),
  /** `text` is the end of a sentence that begins with its file. */
  z.object({ kind: z.literal('failed'), entry, text: z.string() }),
])
export type PlugInLook = z.input<typeof PlugInLook>
