import { addressOf } from '../../../adapters/cloud/cloud-for-start.ts'
import { ensureDeviceId } from '../../../adapters/home/device-id.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { Log } from '../../../adapters/log/open-log.ts'
import type { AccountId } from '../../../domain/account/account-id.ts'
import { Refused } from '../../../domain/failure/refusal.ts'
import type { SupervisedBot } from '../supervision.ts'
import type { CloudLink } from './cloud-link.ts'
import { heldLeases, leasesInTurn, type LeaseHolder } from './held-leases.ts'

export type LicenceNewsParts = Readonly<{
  layout: HomeLayout
  link: Pick<CloudLink, 'server'>
  log: Pick<Log, 'warn'>
  /** Live accounts of this home. */
  accounts: () => readonly LeaseHolder[]
  bot: (id: AccountId) => Pick<SupervisedBot, 'lookAtLicence'>
  /** 0 ≤ draw < 1. */
  random: () => number
  times?: LicenceNewsTimes
}>

/**
 * Milliseconds. `look`: how often it is seen that another cloud was chosen, or that an account has come or got a lease;
 * `news`: a cloud that has much to say makes no bot ask more often than this; `answer`: how long a bot may take to hear it.
 */
export type LicenceNewsTimes = Readonly<{ look: number; news: number; answer: number }>

const TIMES: LicenceNewsTimes = { look: 5_000, news: 10_000, answer: 5_000 }

/**
 * Listens for what the cloud says of licences, so that live bots ask for their leases at once when one was revoked or taken
 * over, and not with the next hour. What was said is not believed: each bot asks and judges for itself.
 */
export function followLicences(parts: LicenceNewsParts): Readonly<{ close(): Promise<void> }> {
  const { layout, link, log, random, times = TIMES } = parts
  const heard = new Map<string, { address: string; stop: () => void }>()
  const last = new Map<string, number>()
  const pending = new Map<string, NodeJS.Timeout>()
  let isClosed = false

  /** None is lost: what comes too soon after another is looked at a little later. */
  function onNews(userId: string): void {
    if (pending.has(userId)) return
    const wait = (last.get(userId) ?? Number.NEGATIVE_INFINITY) + times.news - performance.now()
    pending.set(userId, setTimeout(() => look(userId), Math.max(0, wait)).unref())
  }

  function look(userId: string): void {
    pending.delete(userId)
    last.set(userId, performance.now())
    for (const { accountId } of parts.accounts().filter((one) => one.userId === userId))
      parts
        .bot(accountId)
        .lookAtLicence(times.answer)
        .catch((error: unknown) => {
          // It is starting, ending, or of an earlier version: it asks by itself.
          if (!(error instanceof Refused))
            log.warn('licence-news-lost', 'A bot could not be told', { accountId, error })
        })
  }

  async function listen(): Promise<void> {
    const address = addressOf(link.server(), layout)
    const live = parts.accounts()
    const users = new Set(address ? live.map(({ userId }) => userId) : [])
    const place = JSON.stringify(address)
    for (const [userId, { address: known, stop }] of heard)
      if (!users.has(userId) || known !== place) {
        stop()
        heard.delete(userId)
      }
    if (!address || [...users].every((userId) => heard.has(userId))) return
    const { listenPushes } = await import('../../../adapters/cloud/listen-pushes.ts')
    for (const userId of users) {
      const leases = () => heldLeases(layout, parts.accounts(), userId)
      const lease = leasesInTurn(leases)
      // Until a bot has been given a lease there is nothing to prove oneself with.
      if (isClosed || heard.has(userId) || leases().length === 0) continue
      const deviceId = ensureDeviceId(layout)
      const stop = listenPushes({
        ...{ address, userId, deviceId, topics: ['licence'], lease, random },
        onNews: () => onNews(userId),
      })
      heard.set(userId, { address: place, stop })
    }
  }

  const timer = setInterval(() => {
    listen().catch((error: unknown) => log.warn('push-not-heard', 'Nobody listens for news of licences', { error }))
  }, times.look).unref()
  return {
    close: () => {
      isClosed = true
      clearInterval(timer)
      for (const one of pending.values()) clearTimeout(one)
      for (const { stop } of heard.values()) stop()
      return Promise.resolve()
    },
  }
}
