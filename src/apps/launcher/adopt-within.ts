import type { BotPhase } from './bot-phase.ts'
import { within } from './within.ts'

export type AdoptionContext = Readonly<{
  adopt: () => Promise<void>
  phase: () => BotPhase
  become: (phase: BotPhase) => void
}>

const LOOKING = 'The launcher has just started and is still finding out who holds this account.'

/**
 * Finds the bot of an account, and waits for that only so long: a bot that is silent, or that is still to be stopped for
 * an earlier launcher, must not keep the others from their persons. Meanwhile nobody is told that the account is stopped.
 *
 * @returns when it is known who holds the account, or `patienceMs` are over
 * @throws as `adopt`, within that time
 */
export async function adoptWithin({ adopt, phase, become }: AdoptionContext, patienceMs: number): Promise<void> {
  const adopted = adopt()
  if (await within(adopted, patienceMs)) return
  const before = phase()
  // Its bot has been found; what is not done yet is something else.
  if (before.kind !== 'idle' && before.kind !== 'crashed') return
  const looking: BotPhase = { kind: 'silent', holder: LOOKING, pid: null }
  become(looking)
  const found = () => {
    if (phase() === looking) become(before)
  }
  adopted.then(found, found)
}
