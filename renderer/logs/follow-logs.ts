import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import { keepStreaming } from '../launcher/keep-streaming.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'

export type LogsFollower = Readonly<{
  /** One of the logs has grown or is another one; also called when the launcher answers (again). */
  onChange: () => void
  /** The launcher is not heard any more; it is tried again by itself. */
  onLost: (why: RefusalShape) => void
}>

/** Failures that pass by themselves; any other is an answer. */
export const PASSING: readonly string[] = ['launcher-unreachable', 'timed-out', 'internal', 'unauthorized']

/** Tells whenever there is something new in the logs of these accounts, until `signal` aborts. */
export function followLogs(
  client: LauncherClient,
  ids: readonly string[],
  { onChange, onLost }: LogsFollower,
  signal: AbortSignal,
): Promise<void> {
  return keepStreaming<{ ids: string[] }>(
    {
      open: (call) => client.logs.changes({ ids: [...ids] }, call),
      onOpen: onChange,
      onEvent: onChange,
      onLost(why) {
        onLost(why)
        return PASSING.includes(why.code) ? 'retry' : 'stop'
      },
    },
    signal,
  )
}
