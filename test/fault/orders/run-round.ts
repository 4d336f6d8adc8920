import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connectToBot } from '../../../src/adapters/bot-control/connect-to-bot.ts'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { spawnBot, type BotProcess } from '../../../src/adapters/bot-process/spawn-bot.ts'
import type { BotStatus } from '../../../src/contracts/bot-protocol.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { CRASH_PLAN_FILE, type CrashPlan } from '../../support/crash/crash-plan.ts'
import type { VenueProcess } from '../../support/venue/start-venue.ts'
import { cutToDisk, deathsIn } from './crash-trail.ts'
import { gatewayAccount } from './gateway-account.ts'
import { judgeRound, type Sent, type Shift, type Verdict } from './judge-round.ts'
import { openMarket } from './move-market.ts'
import { openOrderOf, readOwnBooks, unsettledOrders } from './own-books.ts'
import { describePlan, type RoundPlan } from './round-plan.ts'
import { SCENARIOS, type Step } from './scenarios.ts'

/** What a round needs: its own venue, and the bot's program. */
export type RoundPlace = Readonly<{ venue: VenueProcess; entry: string; referencePx: number }>

export type RoundReport = Readonly<{
  plan: string
  verdict: Verdict
  /** Labels at which the bot was killed. */
  deaths: readonly string[]
  /** Why the round could not be brought to its end; undefined when it was. */
  stuck: string | undefined
  /** Folder of the account, kept where something was found. */
  home: string
}>

/** Milliseconds. */
const WAIT = { answer: 4_000, flat: 60_000, guarded: 90_000, look: 12_000, exit: 10_000, late: 400, step: 60 } as const
/** What a bot may need to place a stop that is missing, once it works and sees the fill. */
const REPAIR_MS = 5_000
/** The looks that what was forgotten is given before another takes its place, where nothing lags. */
const FORGOTTEN_MS = 25_000
const MOST_LIVES = 6
/** How often a person looks at the venue before the round is given up. */
const MOST_LOOKS = 6

/**
 * One round: a real bot trades at the venue, is killed where the plan says, is started again until all steps are done,
 * closes everything, and its books are held against the venue's.
 */
export async function runRound(place: RoundPlace, plan: RoundPlan): Promise<RoundReport> {
  const home = mkdtempSync(join(tmpdir(), 'slipway-round-'))
  const { venue } = place
  await venue.reset(plan.seed, plan.venue)
  const market = openMarket(venue, place.referencePx, plan.market)
  await market.move(0)
  const layout = openHome(home)
  const quick = plan.timeoutMs === undefined ? [] : [`gateway.timeoutMs=${plan.timeoutMs}`]
  const accountId = await gatewayAccount(layout, venue, quick)
  await venue.faults(...plan.faults)
  const crew = openCrew(place, layout, accountId, plan)
  const sent: Sent[] = []
  let guardedUntil = Number.POSITIVE_INFINITY
  let stuck: string | undefined
  try {
    const { steps, guarded } = SCENARIOS[plan.scenario]
    for (const [n, step] of steps.entries()) {
      if (n === guarded) guardedUntil = (await venue.books()).now
      await crew.take(step, n, market, sent)
      const stopLots = n === plan.forgetsAfter ? await loseOne(venue) : undefined
      if (stopLots !== undefined) await crew.guarded(stopLots)
    }
    if (guardedUntil === Number.POSITIVE_INFINITY) guardedUntil = (await venue.books()).now
    await venue.clearFaults()
    await crew.finish()
  } catch (error) {
    stuck = error instanceof Error ? error.message : String(error)
    await crew.kill()
  }
  await delay(plan.venue.visibilityLagMs > 0 && stuck === undefined ? 0 : 50)
  const truth = await venue.books()
  const lagMs = plan.venue.visibilityLagMs
  const windowMs = REPAIR_MS + (plan.forgetsAfter === undefined ? lagMs : FORGOTTEN_MS + 4 * lagMs)
  const verdict = judgeRound(truth, readOwnBooks(layout, accountId), {
    sent,
    shifts: crew.shifts(),
    guardedUntil,
    windowMs,
  })
  const deaths = crew.deaths()
  const isFine = stuck === undefined && verdict.duplicates.length + verdict.lost.length + verdict.naked.length === 0
  if (isFine) rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  else
    writeFileSync(
      join(home, 'venue-books.json'),
      JSON.stringify({ plan: describePlan(plan), sent, verdict, truth }, null, 1),
    )
  return { plan: describePlan(plan), verdict, deaths, stuck, home }
}

/**
 * Makes the venue lose an order that protects, as a bridge does that starts anew.
 *
 * @returns lots that stops protected until then; undefined where there is none to lose
 */
async function loseOne(venue: VenueProcess): Promise<number | undefined> {
  const { orders, timeLine } = await venue.books()
  const working = (purpose: string) =>
    orders.find((order) => order.status === 'acknowledged' && order['purpose'] === purpose && order['quantity'] !== 0)
  const lost = working('stop') ?? working('target')
  if (!lost) return undefined
  await venue.forget(String(lost['clientOrderId']))
  await venue.renumber()
  return Number(timeLine.findLast(({ what }) => what === 'exposure')?.['stopLots'] ?? 0)
}

/** The bot of a round, through all its lives. */
function openCrew({ venue, entry }: RoundPlace, layout: HomeLayout, accountId: AccountId, plan: RoundPlan) {
  const shifts: Shift[] = []
  const trail = join(layout.root, 'trail.txt')
  const plans: (Pick<CrashPlan, 'at' | 'nth'> | undefined)[] = [
    { at: plan.point.at, nth: plan.nth },
    plan.again && { at: plan.again.point.at, nth: plan.again.nth },
  ]
  let life = 0
  let personAsked = 0
  let bot: { process: BotProcess; isOver: boolean; from: number | undefined } | undefined

  /** A bot that runs and has looked at its books, whatever came before. */
  async function alive(): Promise<void> {
    while (!bot || bot.isOver) {
      if (life > MOST_LIVES) throw new Error(`the bot died ${life} times`)
      const crash = plans[life++]
      const file = join(layout.root, CRASH_PLAN_FILE)
      if (crash) writeFileSync(file, JSON.stringify({ ...crash, trail, venuePort: venue.port } satisfies CrashPlan))
      else rmSync(file, { force: true })
      const start = { home: layout.root, accountId, instanceId: randomUUID(), secrets: { gatewayToken: 'venue-token' } }
      const child = await spawnBot(
        { node: process.execPath, entry, env: process.env },
        start,
        layout.botOutput(accountId),
      )
      const born = { process: child, isOver: false, from: undefined as number | undefined }
      bot = born
      void child.exited.then(() => (born.isOver = true))
      let isReady = false
      for (let looks = 0; !isReady && !born.isOver && looks <= MOST_LOOKS; looks++) {
        if (looks > 0) await lookAtVenue()
        isReady = await until(({ state }) => state === 'trading', WAIT.look)
      }
      if (isReady) born.from = (await venue.books()).now
      else if (!born.isOver) throw new Error(`the bot did not get to trade: ${lastLine(layout.botOutput(accountId))}`)
      if (born.isOver) await buried()
    }
  }

  async function buried(): Promise<void> {
    const gone = bot!
    await gone.process.exited
    if (gone.from !== undefined) shifts.push({ from: gone.from, to: (await venue.books()).now })
    gone.from = undefined
    if (plan.isPowerLost && life === 1) cutToDisk(trail, layout.state(accountId))
  }

  /** Waits for the bot to be as wanted; false when it died or took too long. */
  async function until(wanted: (status: BotStatus) => boolean, timeoutMs: number): Promise<boolean> {
    for (const end = performance.now() + timeoutMs; performance.now() < end; await delay(25)) {
      if (bot!.isOver) return false
      const link = await connectToBot({ endpoint: layout.botEndpoint(accountId), timeoutMs: 1_000 })
      if (!link) continue
      link.close()
      if (wanted(link.first)) return true
    }
    return false
  }

  /** Asks until there is an answer, under one name; a bot that died is started again first. */
  async function ask(step: Extract<Step, { ask: unknown }>, n: number, px: (ticks: number) => string): Promise<Sent> {
    const signalId = `round-${plan.seed}-${n}`
    for (;;) {
      await alive()
      const command = step.ask({ px, openOrder: (purpose) => openOrderOf(layout, accountId, purpose) })
      const link = await connectToBot({ endpoint: layout.botEndpoint(accountId), timeoutMs: 1_000 })
      try {
        const outcome = await link?.trade({ signalId, command }, WAIT.answer)
        if (outcome) return { signalId, entryLots: step.entryLots, outcome: outcome.kind }
      } catch {
        // It died, or is slow: what became of it is asked for under the same name.
      } finally {
        link?.close()
      }
      if (bot!.isOver) await buried()
      else await delay(50)
    }
  }

  /**
   * What a person does whom the bot has asked: looks at the venue for orders that it can't tell the fate of, and ends
   * those that are not there. Asking again is another request: the venue may have refused the one before. Of stops the bot
   * asks nobody, and one that a person ends stays away.
   */
  async function lookAtVenue(): Promise<void> {
    const { copies } = await venue.books()
    const lost = unsettledOrders(layout, accountId).filter((id) => copies[id] === undefined)
    for (const clientOrderId of lost) {
      const n = personAsked++
      const link = await connectToBot({ endpoint: layout.botEndpoint(accountId), timeoutMs: 1_000 })
      const command = { kind: 'cancel-order', clientOrderId } as const
      await link?.trade({ signalId: `person-${plan.seed}-${n}-${life}`, command }, WAIT.answer).catch(() => undefined)
      link?.close()
    }
  }

  return {
    shifts: () => shifts,
    deaths: () => deathsIn(trail),
    async take(step: Step, n: number, market: ReturnType<typeof openMarket>, sent: Sent[]): Promise<void> {
      if ('move' in step) await market.move(step.move)
      else if ('flatten' in step) await this.flat()
      else sent.push(await ask(step, n, market.px))
      await delay(WAIT.step)
    },
    /**
     * Waits until stops protect as many lots as before, as far as they are still held, however often the bot dies over it.
     * A stop that was asked for while its entry was filling protects what was held then.
     */
    async guarded(before: number): Promise<void> {
      for (const end = performance.now() + WAIT.guarded; performance.now() < end; await delay(100)) {
        await alive()
        const { timeLine } = await venue.books()
        const last = timeLine.findLast(({ what }) => what === 'exposure')
        if (!last || Math.min(before, Math.abs(Number(last['position']))) <= Number(last['stopLots'])) return
        if (bot!.isOver) await buried()
      }
      throw new Error('no stop came in place of the one that was forgotten')
    },
    /** Closes everything, however often it takes. */
    async flat(): Promise<void> {
      for (const end = performance.now() + WAIT.flat; performance.now() < end;) {
        await alive()
        const link = await connectToBot({ endpoint: layout.botEndpoint(accountId), timeoutMs: 1_000 })
        try {
          const asked = link?.request({ type: 'flatten' }, WAIT.flat)
          // While the bot does not know of an order whether it is live, it is not flat, and asks.
          while (asked && (await Promise.race([asked, delay(WAIT.look, 'pending')])) === 'pending' && !bot!.isOver)
            await lookAtVenue()
          if (link && !bot!.isOver) return
        } catch {
          await delay(50)
        } finally {
          link?.close()
        }
        if (bot!.isOver) await buried()
      }
      throw new Error('the account did not become flat')
    },
    /** Flat, agreed with the venue, and ended in order. */
    async finish(): Promise<void> {
      await this.flat()
      // A fill that is told after its order was canceled opens something anew; whoever wants to be flat looks again.
      if (plan.faults.some(({ kind }) => kind === 'fill-late')) {
        await delay(WAIT.late)
        await this.flat()
      }
      await alive()
      const isSettled = ({ state, openOrders }: BotStatus) => state === 'trading' && openOrders === 0
      for (let looks = 0; !(await until(isSettled, WAIT.look)); looks++) {
        if (looks === MOST_LOOKS) throw new Error('the books did not come to agree')
        await alive()
        await lookAtVenue()
      }
      const link = await connectToBot({ endpoint: layout.botEndpoint(accountId), timeoutMs: 1_000 })
      await link?.request({ type: 'stop', flatten: false, keepOrders: false }, WAIT.exit).catch(() => undefined)
      link?.close()
      await Promise.race([bot!.process.exited, delay(WAIT.exit)])
      await this.kill()
    },
    async kill(): Promise<void> {
      if (!bot) return
      bot.process.kill()
      await buried()
    },
  }
}

function lastLine(file: string): string {
  return existsSync(file) ? (readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '') : 'it said nothing'
}
