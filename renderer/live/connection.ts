import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'

/** Whether what the page shows is what is. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online' }
  /** Nothing was heard since, epoch ms; undefined when nothing was ever heard. */
  | { readonly kind: 'stale'; readonly since: number | undefined; readonly why: RefusalShape }
