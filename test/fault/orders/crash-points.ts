/** Where a bot may be killed while it orders, and how that place is recognised (see install-crash-hooks.ts). */
export type CrashPoint = Readonly<{
  /** Number in the list of places at which an order can be lost or doubled; points without a number were added to it. */
  id: string
  title: string
  /** Regular expression that the label matches. */
  at: string
  /** Up to this many times the point is passed before the bot dies there. */
  among: number
  /** The venue must have, or lack, these for the point to be reached. */
  venue?: Readonly<{ bracket?: boolean; oco?: boolean; replace?: boolean }>
}>

const ALONE = { bracket: false, oco: false, replace: false } as const

/** Any step at all: each commit, each half of each message. A round has some two hundred. */
export const ANYWHERE: CrashPoint = { id: 'any', title: 'wherever it was', at: '.', among: 180 }

/** The tables of a commit that writes orders down: with the call that asked for them, or with what was decided. */
const INTENTS = '.*(trade_calls|decisions,.*orders)'

export const CRASH_POINTS: readonly CrashPoint[] = [
  { id: '2', title: 'before the commit of the intents', at: `^(commit|write):before:${INTENTS}`, among: 3 },
  { id: '3', title: 'intents committed, nothing sent', at: `^(commit|write):after:${INTENTS}`, among: 3 },
  { id: '3b', title: 'connected, the first byte not written', at: '^wire:before:POST /v1/orders', among: 4 },
  { id: '4', title: 'half of the order written', at: '^wire:half:POST /v1/orders', among: 4 },
  { id: '5', title: 'the order written, no answer', at: '^wire:sent:POST /v1/orders', among: 4 },
  { id: '6', title: 'the answer here, not read', at: '^wire:answer:POST /v1/orders', among: 4 },
  {
    id: '6b',
    title: 'before what the broker said is stored',
    at: '^(commit|write):before:order_events,orders',
    among: 12,
  },
  {
    id: '7',
    title: 'after something the broker said is stored',
    at: '^(commit|write):after:order_events,orders',
    among: 12,
  },
  { id: '8', title: 'told by the stream, not stored', at: '^stream:message', among: 8 },
  { id: '8b', title: 'before a fill is stored', at: '^commit:before:.*fills', among: 4 },
  { id: '8c', title: 'after a fill is stored', at: '^commit:after:.*fills', among: 4 },
  { id: '9', title: 'entry filled, its stop not sent', at: '^wire:before:POST /v1/orders', among: 3, venue: ALONE },
  { id: '10', title: 'one of two protective orders sent', at: '^wire:sent:POST /v1/orders', among: 4, venue: ALONE },
  { id: '11', title: 'a change half written', at: '^wire:half:PATCH', among: 1, venue: { replace: true } },
  { id: '11b', title: 'a change written, no answer', at: '^wire:sent:PATCH', among: 1, venue: { replace: true } },
  {
    id: '12',
    title: 'the old order canceled, the new one not sent',
    at: '^wire:answer:DELETE',
    among: 2,
    venue: ALONE,
  },
  { id: '13', title: 'a cancel written, its answer not read', at: '^wire:sent:DELETE', among: 3 },
  { id: '14', title: 'in the comparison of books at start', at: '^wire:answer:GET', among: 5 },
  { id: '14b', title: 'asking about the books at start', at: '^wire:sent:GET', among: 5 },
  { id: '15', title: 'between two steps of a migration', at: '^migrate:(before|after):', among: 8 },
  { id: '18', title: 'between guard and generation', at: '^write:before:holder', among: 1 },
]

/** Points that came when rounds had been recorded by their seeds: they are drawn apart, so that those stay what they were. */
export const LATER_POINTS: readonly CrashPoint[] = [
  { id: '3c', title: 'about to say that the order leaves', at: '^write:before:orders', among: 4, venue: ALONE },
  { id: '3d', title: 'said that the order leaves, nothing sent', at: '^write:after:orders', among: 4, venue: ALONE },
  { id: '16', title: 'in the middle of a checkpoint of the log', at: '^checkpoint:half', among: 40 },
  { id: '17', title: 'while a backup is read', at: '^backup:during', among: 40 },
]
