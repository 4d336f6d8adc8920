import type { OrderReport } from '../../../domain/broker/broker.ts'

/** The reply to an order that did not leave, for a reason of ours. */
export function notSent(reason: string) {
  return { ok: false, failure: { kind: 'rejected', reason } } as const
}

/** The reply to orders of which the venue has rejected one. */
export function rejected(reports: readonly OrderReport[]) {
  const refused = reports.find(({ status }) => status === 'rejected')
  const { failure } = notSent(refused?.reason ?? 'the venue gave no reason')
  return { ok: false, failure: refused?.nothingToReduce ? { ...failure, nothingToReduce: true } : failure } as const
}
