import { setTimeout as delay } from 'node:timers/promises'
import { getEventMeta } from '@orpc/client'
import type { LauncherApi } from '../../../adapters/launcher-client/connect-launcher.ts'
import type { AccountStatus, FleetEvent } from '../../../contracts/fleet.ts'

/** The fleet as last told, and whether somebody is telling now. */
export type FleetView = Readonly<{ accounts: readonly AccountStatus[]; isLive: boolean }>

export type FollowFleetContext = Readonly<{
  api: Pick<LauncherApi, 'events' | 'health'>
  onView: (view: FleetView) => void
  /** The launcher does not answer (any more); called at every failed attempt. */
  onLost: () => void
  /** How long between two looks at whether the launcher answers, and before the next attempt, milliseconds. */
  pulseMs?: number
  retryMs?: number
}>

const PULSE_MS = 5_000
const ANSWER_MS = 5_000
const RETRY_MS = 1_000

/** Events of one moment are shown together, milliseconds: a hundred bots tell something every few milliseconds. */
const TOGETHER_MS = 250

/**
 * Follows the launcher's events until `signal` aborts: resumes where it was after a break, and takes a launcher that
 * answers no call for lost even when its connection stands.
 */
export async function followFleet(ctx: FollowFleetContext, signal: AbortSignal): Promise<void> {
  let accounts = new Map<string, AccountStatus>()
  let isLive = false
  let lastEventId: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const show = () => {
    clearTimeout(timer)
    timer = undefined
    if (!signal.aborted) ctx.onView({ accounts: [...accounts.values()], isLive })
  }
  const showSoon = () => {
    timer ??= setTimeout(show, TOGETHER_MS)
  }

  while (!signal.aborted) {
    const broken = new AbortController()
    const either = AbortSignal.any([signal, broken.signal])
    try {
      const events = await ctx.api.events(undefined, { signal: either, lastEventId })
      const pulse = watchPulse(ctx, either, () => broken.abort())
      try {
        for await (const event of events) {
          lastEventId = getEventMeta(event)?.id ?? lastEventId
          accounts = after(accounts, event as FleetEvent)
          isLive = true
          showSoon()
        }
      } finally {
        broken.abort()
        await pulse
      }
    } catch {
      // Whatever it was, the cure is to connect again.
    }
    if (signal.aborted) break
    if (isLive) {
      isLive = false
      show()
    }
    ctx.onLost()
    await delay(ctx.retryMs ?? RETRY_MS, undefined, { signal }).catch(() => undefined)
  }
  clearTimeout(timer)
}

async function watchPulse(ctx: FollowFleetContext, signal: AbortSignal, onSilence: () => void): Promise<void> {
  while (!signal.aborted) {
    await delay(ctx.pulseMs ?? PULSE_MS, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    try {
      await ctx.api.health(undefined, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) })
    } catch {
      if (!signal.aborted) onSilence()
      return
    }
  }
}

function after(accounts: Map<string, AccountStatus>, event: FleetEvent): Map<string, AccountStatus> {
  switch (event.type) {
    case 'snapshot':
      return new Map(event.accounts.map((account) => [account.accountId, account]))
    case 'status':
      return new Map(accounts).set(event.account.accountId, event.account)
    case 'removed': {
      const left = new Map(accounts)
      left.delete(event.accountId)
      return left
    }
    default:
      // Of a launcher that is newer than this window.
      return accounts
  }
}
