import { z } from 'zod'
import type { Chance } from './chance.ts'

/** What a request asks for. */
export const CALLS = [
  ...(['capabilities', 'submit', 'combo', 'replace', 'cancel'] as const),
  ...(['order', 'open', 'fills', 'positions', 'cash', 'stream'] as const),
] as const
export type CallName = (typeof CALLS)[number]

const CHANGES: readonly CallName[] = ['submit', 'combo', 'replace', 'cancel']

/**
 * Something that goes wrong with a call.
 *
 * * `drop`: cut before anything was done
 * * `lose-reply`: done, then cut without a byte of an answer
 * * `half-reply`: done, then cut in the middle of the answer
 * * `garbage`: done, then answered with something else
 * * `hang`: done where `processed`, never answered
 * * `status`: answered with `status` and an error body (`bare`: without one); done only where `processed`
 * * `delay`: `ms` before it is done and `replyMs` before it is answered
 * * `hold`: waits, `where` says when, for POST /control/release
 * * `fill-first`: what is to be canceled or replaced fills just before (`quantity` lots; all unless told)
 * * `fill-late`: what is canceled turns out, `ms` later, to have been filled (`quantity` lots; all unless told)
 */
export const Fault = z.strictObject({
  on: z.enum([...CALLS, 'any', 'change', 'read']),
  kind: z.enum([
    ...(['drop', 'lose-reply', 'half-reply', 'garbage', 'hang'] as const),
    ...(['status', 'delay', 'hold', 'fill-first', 'fill-late'] as const),
  ]),
  status: z.int().min(300).max(599).default(503),
  code: z.string().default('fault'),
  bare: z.boolean().default(false),
  retryAfterS: z.number().min(0).default(1),
  processed: z.boolean().default(false),
  ms: z.int().min(0).default(0),
  replyMs: z.int().min(0).default(0),
  where: z.enum(['before', 'after']).default('after'),
  quantity: z.int().positive().optional(),
  /** Only orders whose purpose is this. */
  purpose: z.enum(['entry', 'exit', 'stop', 'target']).optional(),
  /** Calls of this kind that pass unharmed first. */
  skip: z.int().min(0).default(0),
  /** Calls it meets; null: all until cleared. */
  times: z.int().positive().nullable().default(1),
  likelihood: z.number().min(0).max(1).default(1),
})
export type Fault = z.output<typeof Fault>
export type FaultInput = z.input<typeof Fault>

export type FaultPlan = Readonly<{
  add(fault: Fault): void
  clear(): void
  /** Faults still to come. */
  left(): readonly Fault[]
  /** The faults that meet this call, which counts as met. */
  meet(call: CallName, purpose: string | undefined): readonly Fault[]
}>

export function openFaultPlan(chance: Chance): FaultPlan {
  let armed: (Fault & { skipped: number; met: number })[] = []
  return {
    add(fault) {
      armed.push({ ...fault, skipped: 0, met: 0 })
    },
    clear() {
      armed = []
    },
    left: () => armed,
    meet(call, purpose) {
      const met: Fault[] = []
      for (const fault of armed) {
        if (!concerns(fault.on, call) || (fault.purpose !== undefined && fault.purpose !== purpose)) continue
        if (fault.skipped < fault.skip) fault.skipped++
        else if (chance.happens(fault.likelihood)) {
          fault.met++
          met.push(fault)
        }
      }
      armed = armed.filter(({ times, met: count }) => times === null || count < times)
      return met
    },
  }
}

function concerns(on: Fault['on'], call: CallName): boolean {
  if (on === 'any') return true
  if (on === 'change') return CHANGES.includes(call)
  if (on === 'read') return !CHANGES.includes(call) && call !== 'stream'
  return on === call
}
