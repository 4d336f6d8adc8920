/**
 * Milliseconds that a header Retry-After asks to wait: it has seconds or a date.
 *
 * @param now     epoch milliseconds
 * @param longest whatever is asked, never more than this, milliseconds
 * @returns undefined when the header says nothing
 */
export function retryAfterMs(header: unknown, now: number, longest: number): number | undefined {
  const text = typeof header === 'string' ? header.trim() : ''
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isFinite(wait) ? Math.min(Math.max(Math.ceil(wait), 0), longest) : undefined
}
