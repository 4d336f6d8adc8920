import type { z } from 'zod'
import { addAudit } from '../../../adapters/cloud-db/admin-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import type { CloudRoute } from '../../../contracts/cloud/route.ts'
import {
  answers,
  cloudRefuse,
  type AdminRole,
  type CloudAnswer,
  type CloudCall,
  type CloudHandler,
} from '../cloud-call.ts'

/** An admin's call: it has an admin. */
export type AdminCall = CloudCall & Readonly<{ admin: NonNullable<CloudCall['admin']> }>

/** What of a call is written down, and who may make it. */
export type AdminRule<Input> = Readonly<{
  /** As in `licences.revoke`. */
  action: string
  /** An owner may do everything and is not named. */
  roles: readonly Exclude<AdminRole, 'owner'>[]
  /** What it is about, as an id; '' where it is about nothing in particular. */
  target?: (input: Input) => string
  /** What else is worth knowing; no secrets. */
  detail?: (input: Input) => string
}>

/**
 * A handler of an admin route: looks at the role, and writes the use down before anything is done. Where it can't be
 * written down, nothing is done.
 */
export function adminAnswers<In extends z.ZodType, Out extends z.ZodType>(
  db: CloudDb,
  route: CloudRoute<In, Out>,
  rule: AdminRule<z.output<In>>,
  answer: (call: AdminCall, input: z.output<In>) => Promise<CloudAnswer<z.input<Out>>> | CloudAnswer<z.input<Out>>,
): CloudHandler {
  return answers(route, async (call, input) => {
    const { admin, now, requestId } = call
    if (!admin)
      return cloudRefuse('unauthorized', 'This needs an admin key.', 'Send it as Authorization: Bearer sla_….')
    const mayDo = admin.role === 'owner' || rule.roles.includes(admin.role)
    const detail = [mayDo ? '' : 'refused', rule.detail?.(input) ?? ''].filter((part) => part !== '').join(': ')
    const target = rule.target?.(input) ?? ''
    await addAudit(db, { at: now, keyId: admin.keyId, action: rule.action, target, detail, requestId })
    if (!mayDo)
      return cloudRefuse(
        'forbidden',
        `An admin key with the role ${admin.role} may not do this.`,
        `It takes ${['owner', ...rule.roles].join(' or ')}.`,
      )
    return await answer(call as AdminCall, input)
  })
}
