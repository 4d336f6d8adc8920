import { storedLease } from '../../../adapters/cloud/lease-file.ts'
import type { LiveEvent } from '../../../contracts/launcher/live.ts'
import type { SignalsState } from '../../../contracts/launcher/signals.ts'
import type { EventRing } from '../event-ring.ts'
import type { CloudLink } from './cloud-link.ts'
import type { CloudHearer } from './hear-cloud.ts'
import { shareSignals, type SignalSharingParts } from './share-signals.ts'
import { openSignalBoard } from './signal-board.ts'

/** Signals of this computer: those that are shared from here, and those that are heard. */
export type Signals = Readonly<{
  hearer: CloudHearer
  /** Told whenever there is something new to read. */
  ring: EventRing<LiveEvent>
  read(): SignalsState
  close(): Promise<void>
}>

export type SignalsParts = Omit<SignalSharingParts, 'board' | 'link'> &
  Readonly<{
    link: Pick<CloudLink, 'chosen' | 'server'>
    /** Names this run of the launcher. */
    origin: string
  }>

export function openSignals(parts: SignalsParts): Signals {
  const board = openSignalBoard(parts.origin, parts.now)
  const sharing = shareSignals({ ...parts, board })
  const holders = () => parts.accounts().filter(({ mode }) => mode === 'live')
  const mayHear = () =>
    parts.link.server().kind !== 'team' || holders().some(({ accountId }) => storedLease(parts.layout, accountId))
  return {
    hearer: board.hearer,
    ring: board.ring,
    read() {
      const cloud = parts.link.server().kind
      const { isHearing, since, signals } = board.read()
      const isAsked = cloud !== 'none' && parts.accounts().length > 0
      const listening = !isAsked ? 'none' : isHearing ? 'hearing' : mayHear() ? 'connecting' : 'no-lease'
      return { cloud, listening, since, signals, sharing: [...sharing.read()] }
    },
    close: () => {
      sharing.close()
      board.close()
      return Promise.resolve()
    },
  }
}
