import { z } from 'zod'
import { LeaseKeys } from './licence.ts'

/** Scheme, host with perhaps a port, perhaps a path: no user, query or fragment. */
const ADDRESS = /^(https?):\/\/([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?(\/[^?#\s]*)?$/i
const THIS_COMPUTER = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i

/** Why an address can't be that of a team's cloud; undefined when it can. */
export function cloudUrlProblem(text: string): string | undefined {
  const [, scheme, host] = ADDRESS.exec(text) ?? []
  if (scheme === undefined || host === undefined)
    return 'It must be an address such as https://cloud.example.com, without a user, a query or a fragment.'
  if (scheme.toLowerCase() === 'https' || THIS_COMPUTER.test(host)) return undefined
  return 'It must begin with https:// (http:// only for this computer), so that nobody reads or changes what is sent.'
}

/** Address of a team's cloud, without a slash at the end. */
export const CloudUrl = z
  .string()
  .trim()
  .max(2_048)
  .transform((text) => text.replace(/\/+$/, ''))
  .superRefine((text, ctx) => {
    const problem = cloudUrlProblem(text)
    if (problem !== undefined) ctx.addIssue({ code: 'custom', message: problem })
  })

/** cloud.json: which cloud this installation works with. */
export const CloudChoice = z.discriminatedUnion('kind', [
  /** The one that the launcher runs on this computer. */
  z.object({ kind: z.literal('local') }),
  /** A team's, with the keys of its leases that a person has agreed to. */
  z.object({
    kind: z.literal('team'),
    url: CloudUrl,
    keys: LeaseKeys.shape.keys,
    /** When the cloud told the keys, epoch seconds, where a trusted key has vouched for them. */
    keysToldAt: z.int().optional(),
    /** Which list of keys that was; an older one is not taken again. */
    keysVersion: z.int().min(0).optional(),
  }),
  /** Without any: no shared confidence, contributions wait, live accounts can't take a licence. */
  z.object({ kind: z.literal('none') }),
])
export type CloudChoice = z.output<typeof CloudChoice>

export const CloudFile = z.object({ version: z.literal(1), server: CloudChoice })
