import { signOf, type OrderPurpose, type Side } from './order.ts'

/** A fill as far as it matters here; `purpose` is null where the order was not ours. */
export type FillBack = Readonly<{ purpose: OrderPurpose | null; side: Side; quantity: number }>

/**
 * Lots of a position that orders have opened which were to close one: an exit, a stop and a target may each fill in full
 * before the others are canceled, and then more is sold than was held. Nobody wants what they opened.
 *
 * What is closed again is taken off these first. What somebody else traded, and what an entry opened, is wanted.
 *
 * @param held signed lots held now
 * @param back fills of the symbol, newest first
 * @returns `lots`: 0 to |held|; `by`: the last fill that opened some, undefined where there are none
 */
export function overshotLots<F extends FillBack>(
  held: number,
  back: Iterable<F>,
): Readonly<{ lots: number; by: F | undefined }> {
  let by: F | undefined
  let before = held
  let opened = 0
  let closed = 0
  for (const fill of back) {
    const { purpose, side, quantity } = fill
    if (before === 0 || before > 0 !== held > 0) break
    const change = signOf(side) * quantity
    before -= change
    if (change > 0 !== held > 0) closed += quantity
    else if (purpose !== null && purpose !== 'entry') {
      by ??= fill
      // Of a fill that turned the position, only what is beyond flat.
      opened += before > 0 !== held > 0 ? quantity - Math.abs(before) : quantity
    }
  }
  const lots = Math.min(Math.abs(held), Math.max(0, opened - closed))
  return { lots, by: lots > 0 ? by : undefined }
}
