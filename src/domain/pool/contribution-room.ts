/** Contributions that are stored on one UTC day of those whom no paid licence vouches for. Infinity for all. */
export type ContributionRoom = Readonly<{
  /** Of one giver: a user id, or a licence that is tried out. */
  aGiverADay: number
  /** Of all givers together of whom nothing proves who they are: anybody can make up user ids without end. */
  unprovenADay: number
}>

/** Whether one more is stored, by how many were today. */
export function hasRoom(
  room: ContributionRoom,
  given: Readonly<{ byGiver: number; byUnproven: number }>,
  isUnproven: boolean,
): boolean {
  return given.byGiver < room.aGiverADay && (!isUnproven || given.byUnproven < room.unprovenADay)
}

const DAY_MS = 86_400_000

/** Whole seconds until the next UTC day, at least one. */
export function secondsToNextDay(now: number): number {
  return Math.max(1, Math.ceil((DAY_MS - (now % DAY_MS)) / 1_000))
}
