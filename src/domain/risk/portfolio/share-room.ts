/** An account that shares a limit with others of its user. All amounts in the unit of the limit, whole numbers. */
export type Claimant = Readonly<{
  accountId: string
  /** What it uses, as it last confirmed. */
  exposure: number
  /** The highest ceiling it may still act on: everything sent since the last one it confirmed, that one included. */
  held: number
  /** The least that is of use to it beyond what it uses; 0 where unknown. */
  unit: number
  /** It wanted more than its ceiling allowed: how much in all, and since when. */
  wants: Readonly<{ amount: number; since: number }> | undefined
}>

/** What an account may come to by itself: the most it may use, under what it has not confirmed yet too. */
function committed({ exposure, held }: Claimant): number {
  return Math.max(exposure, held)
}

/**
 * The ceilings to send now, one for each account, so that all accounts together cannot exceed the limit, whatever order
 * their messages and entries come in.
 *
 * An account keeps what it uses. Room goes first to those that asked, the longest waiting first; what is left is dealt
 * out in units, one each in turn. A ceiling that should fall is sent at once, but its room is given away only when the
 * account has confirmed it: until then the old one counts. So the sum of what has been handed out never exceeds the
 * limit. Where the accounts use more than the limit already, nobody may add.
 *
 * @param taken what accounts use that are not held to the limit themselves
 */
export function shareRoom(limit: number, taken: number, claimants: readonly Claimant[]): ReadonlyMap<string, number> {
  const wanted = wantedCeilings(limit - taken, claimants)
  const ceilings = new Map<string, number>()
  let free = limit - taken
  for (const one of claimants) free -= committed(one)
  for (const one of inOrder(claimants)) {
    const aim = wanted.get(one.accountId) ?? one.exposure
    const now = committed(one)
    const raise = Math.min(Math.max(0, aim - now), Math.max(0, free))
    free -= raise
    ceilings.set(one.accountId, aim <= now ? aim : now + raise)
  }
  return ceilings
}

/** Ceilings as they should come to be once everybody has confirmed; their sum is within the limit. */
function wantedCeilings(limit: number, claimants: readonly Claimant[]): Map<string, number> {
  const ceilings = new Map(claimants.map(({ accountId, exposure }) => [accountId, exposure]))
  let free = limit
  for (const { exposure } of claimants) free -= exposure
  const give = (accountId: string, amount: number) => {
    const given = Math.min(amount, Math.max(0, free))
    free -= given
    ceilings.set(accountId, (ceilings.get(accountId) ?? 0) + given)
  }
  const ordered = inOrder(claimants)
  for (const { accountId, exposure, wants } of ordered) if (wants) give(accountId, Math.max(0, wants.amount - exposure))
  // Who asked has been served, and comes after the others here.
  const sharers = [...ordered.filter(({ wants }) => !wants), ...ordered.filter(({ wants }) => wants)].filter(
    ({ unit }) => unit > 0,
  )
  // In whole turns first, so that a limit of many units costs one step.
  const round = sharers.reduce((sum, { unit }) => sum + unit, 0)
  if (round > 0 && free >= round) {
    const turns = Math.floor(free / round)
    for (const { accountId, unit } of sharers) give(accountId, turns * unit)
  }
  for (const { accountId, unit } of sharers) if (free >= unit) give(accountId, unit)
  return ceilings
}

function inOrder(claimants: readonly Claimant[]): readonly Claimant[] {
  const since = ({ wants }: Claimant) => wants?.since ?? Number.MAX_SAFE_INTEGER
  return [...claimants].sort((a, b) => since(a) - since(b) || (a.accountId < b.accountId ? -1 : 1))
}
