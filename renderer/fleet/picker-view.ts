import { z } from 'zod'

/** What accounts can be put together by. */
export const GROUPINGS = ['none', 'user', 'broker', 'state'] as const
export type Grouping = (typeof GROUPINGS)[number]

export const COLUMN_IDS = [
  ...(['account', 'mode', 'state', 'symbol', 'strategy', 'user', 'broker'] as const),
  ...(['position', 'today', 'open', 'realized', 'equity', 'trades', 'loss'] as const),
  ...(['bar', 'issues', 'uptime', 'holder', 'pid'] as const),
] as const
export type ColumnId = (typeof COLUMN_IDS)[number]

/** How somebody likes to see the accounts. */
export const PickerView = z.object({
  layout: z.enum(['table', 'cards']).catch('table'),
  group: z.enum(GROUPINGS).catch('none'),
  sort: z.object({ column: z.enum(COLUMN_IDS), down: z.boolean() }).catch({ column: 'account', down: false }),
  hidden: z.array(z.enum(COLUMN_IDS)).catch(['strategy', 'user', 'broker', 'realized', 'equity', 'pid']),
  /** States to show, `changing` for those between two; all when empty. */
  states: z.array(z.string()).catch([]),
  mode: z.enum(['all', 'paper', 'live']).catch('all'),
  search: z.string().max(200).catch(''),
})
export type PickerView = z.output<typeof PickerView>

export const DEFAULT_VIEW: PickerView = PickerView.parse({})
