import { serveBotControl, type BotControl } from '../../adapters/bot-control/serve-bot-control.ts'
import { writeLastExit } from '../../adapters/bot-process/write-last-exit.ts'
import { correlationGroups } from '../../adapters/instruments/user-groups.ts'
import { watchKillMarks } from '../../adapters/kill-switch/watch-kill-marks.ts'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { openHome } from '../../adapters/home/open-home.ts'
import { acquireAccountGuard, type GuardHold } from '../../adapters/lock/account-guard.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { BotStatus } from '../../contracts/bot-protocol.ts'
import { BOT_EXIT, type BotCloud, type BotStart } from '../../contracts/bot-start.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../domain/account/account-id.ts'
import type { StopReason } from '../../domain/bot/bot.ts'
import { EXIT_CODE_OF, Refused, refusal, type Refusal } from '../../domain/failure/refusal.ts'
import type { GroupOf } from '../../domain/risk/correlation-groups.ts'
import { killReason, type KillMark } from '../../domain/risk/kill-mark.ts'
import { epochMs } from '../../domain/units/units.ts'
import { openPortfolioDesk } from '../../engine/bot/outside-word.ts'
import type { BotEnd } from '../../engine/bot/loop-edge.ts'
import { takeShare } from '../../engine/bot/watch-portfolio.ts'
import { APP_VERSION } from '../version.ts'
import { openAccountInstruments } from './account-instruments.ts'
import { botStatus, type Identity, type Life } from './bot-status.ts'
import { loadLate } from './load-late.ts'
import type { Trading } from './keep-trading.ts'
import { openBotCloud, type BotCloudLink } from './open-cloud.ts'
import { openHolidays } from './open-holidays.ts'
import { openLaneLogs } from './open-lanes.ts'
import { openPricing, type BotPricing } from './open-pricing.ts'
import { openTrading, type Household } from './open-trading.ts'
import { serveCash } from './serve-cash.ts'
import { serveTrade, tradeText } from './serve-trades.ts'
import { settingsOf } from './settings-of.ts'

const now = () => epochMs(Date.now())

/**
 * The life of one bot: guard, log, control socket, state, broker, feed; trade; leave in order.
 *
 * @returns the exit code of the process
 * @throws {Refused} before anything of the account was touched (held by another bot, unknown account, unsuitable home)
 */
export async function tradeAccount(start: BotStart): Promise<number> {
  const layout = openHome(start.home)
  const accountId = accountIdOf(start.accountId)
  const settings = await settingsOf(layout, accountId, start.checked)
  const instruments = await openAccountInstruments(layout, settings)
  const facts = await openHolidays(layout, start.flattenOnly === true)
  if (start.checkOnly === true) {
    const { checkStart } = await loadLate(() => import('./check-start.ts'))
    await checkStart({ layout, accountId, settings, instruments, facts, secrets: start.secrets })
    return BOT_EXIT.ended
  }
  const instrument = instruments.traded[0]!
  const groupOf = correlationGroups(layout)
  const guard = acquireAccountGuard({
    layout,
    accountId,
    instanceId: start.instanceId,
    controlEndpoint: layout.botEndpoint(accountId),
    appVersion: APP_VERSION,
    mode: settings.mode,
    now,
  })
  if (guard.kind === 'refused') throw new Refused(guard.refusal)
  if (!(await isUnchanged(start, layout, accountId, settings))) {
    // Whoever had the guard until now has moved or removed the account: begin with what there is now.
    guard.hold.release()
    return tradeAccount(start)
  }
  const who: Identity = { instanceId: start.instanceId, accountId, startedAt: now(), instrument }
  const logs = openLaneLogs({
    ...{ layout, accountId, settings, instruments: instruments.traded, instanceId: start.instanceId },
    secrets: Object.values(start.secrets),
  })
  const life: Life = { phase: 'starting', reason: null, blind: undefined, lastError: null, logs }
  return await new Promise<number>((settle) => {
    const parts = { layout, accountId, settings, instruments, facts, who, life, logs, groupOf, secrets: start.secrets }
    const { cloud: told } = start
    void live({ ...parts, told, hold: guard.hold, flattenOnly: start.flattenOnly === true }).then(settle)
  })
}

/** What the books are about can't change from here on: whoever changes it holds the guard meanwhile. */
async function isUnchanged(
  start: BotStart,
  layout: HomeLayout,
  accountId: AccountId,
  settings: AccountSettings,
): Promise<boolean> {
  try {
    return JSON.stringify(await settingsOf(layout, accountId, start.checked)) === JSON.stringify(settings)
  } catch {
    return false
  }
}

type HeldHousehold = Omit<Household, 'outside' | 'pricing' | 'cloud'> &
  Readonly<{
    hold: GuardHold
    /** Where the cloud is. */
    told: BotCloud | undefined
    groupOf: GroupOf
    /** Started to close everything and to end, nothing else. */
    flattenOnly: boolean
  }>

async function live(home: HeldHousehold): Promise<number> {
  const { life, logs, who } = home
  const [log] = logs
  let trading: Trading | undefined
  let control: BotControl | undefined
  let pricing: BotPricing | undefined
  let cloud: BotCloudLink | undefined
  const status = () => botStatus(who, life, trading)
  let leaving: Promise<number> | undefined
  const foreign = Promise.withResolvers<never>()
  // It may come while nobody waits for it yet.
  foreign.promise.catch(() => undefined)
  const onForeign = (why: Refusal) => {
    const refused = new Refused(why)
    trading?.halt(refused)
    foreign.reject(refused)
  }
  const leaveOnce = (end: End) =>
    (leaving ??= leave(home, { control, trading, cloud }, end, status).finally(() => pricing?.close()))
  const crashed = (error: unknown) => {
    process.exitCode = BOT_EXIT.failed
    // First of all nothing more may be done with what is in memory: the loop may be anywhere between two awaits.
    trading?.halt(error)
    void leaveOnce(failedEnd(life, log, error)).finally(() => process.exit(BOT_EXIT.failed))
  }
  process.on('uncaughtException', crashed)
  process.on('unhandledRejection', crashed)
  const kill = watchKillMarks(home.layout, { accountId: home.accountId, userId: home.settings.userId }, (mark) =>
    obeyMark(trading, log, mark),
  )
  try {
    log.info(
      'bot-starting',
      `Bot of ${home.accountId} starting (${home.settings.strategy} on ${home.instruments.traded.map(({ symbol }) => symbol).join(', ')})`,
      {
        version: APP_VERSION,
      },
    )
    control = await serveBotControl({
      endpoint: home.layout.botEndpoint(home.accountId),
      instanceId: who.instanceId,
      status,
      onTrade: async (request) => {
        if (!trading) throw new Refused(notYet())
        kill.look()
        const outcome = await serveTrade(trading, request)
        log.info('asked-to-trade', tradeText(request, outcome), { signalId: request.signalId })
        return outcome
      },
      onCash: async (request) => {
        if (!trading) throw new Refused(notYet())
        const reply = await serveCash(trading, request)
        if (reply.kind === 'refused') log.info('asked-to-book', `Asked to book cash: ${reply.refusal.message}`)
        return reply
      },
      onRequest: async (command) => {
        if (!trading) return notYet()
        if (command.type === 'portfolio') {
          takeShare(trading.ctx, trading.book, command.share)
          return undefined
        }
        if (command.type === 'licence') {
          void cloud?.look()
          return undefined
        }
        kill.look()
        log.info(`asked-to-${command.type}`, `Asked to ${command.type}`, { ...command })
        await trading.ask(command)
        return undefined
      },
    })
    const { pushStatus } = control
    const outside = { killed: () => kill.reason(), portfolio: openPortfolioDesk(home.groupOf) }
    const changed = () => pushStatus(status())
    const { feed } = home.settings
    pricing = openPricing(log, changed, feed.kind === 'replay' && feed.speed === 'max')
    life.pricingTrouble = pricing.trouble
    cloud = cloudOf(home, changed)
    life.licence = cloud.view
    trading = await openTrading({ ...home, outside, pricing, cloud, changed, onForeign })
    await Promise.race([foreign.promise, Promise.resolve()])
    if (home.flattenOnly) flattenAndEnd(trading, log)
    else if (kill.standing()) obeyMark(trading, log, kill.standing())
    home.hold.publish(trading.generation)
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => void trading?.ask({ type: 'stop', id: 0, flatten: false, keepOrders: false }))
    // The end of the terminal is not the end of the bot.
    process.on('SIGHUP', () => undefined)
    const end = await Promise.race([foreign.promise, trading.run()])
    const isDone = home.flattenOnly && end.reason === 'requested'
    return await leaveOnce({ ...end, ...(isDone ? { reason: 'flattened' } : {}), refusal: null })
  } catch (error) {
    return await (leaving ?? leaveOnce(failedEnd(life, log, error)))
  }
}

/** One that only closes what is open asks nobody. */
function cloudOf(home: HeldHousehold, changed: () => void): BotCloudLink {
  const { layout, accountId, settings, instruments, logs, secrets, told, flattenOnly } = home
  const instrumentOf = (symbol: string) => instruments.traded.find((one) => one.symbol === symbol)
  const cloud = flattenOnly ? undefined : told
  return openBotCloud({ layout, accountId, settings, secrets, cloud, log: logs[0], instrumentOf, changed })
}

/** Entries are refused while a mark stands; what is held goes too. */
function obeyMark(trading: Trading | undefined, log: Log, mark: KillMark | undefined): void {
  if (!trading) return
  trading.ctx.changed()
  if (!mark) {
    log.warn('kill-released', 'The kill switch was released: entries are made again')
    return
  }
  log.error('kill-engaged', `Positions are closed: ${killReason(mark).text}`)
  closeAll(trading, log, { type: 'flatten', id: 0 })
}

function flattenAndEnd(trading: Trading, log: Log): void {
  log.warn('flatten-only', 'Started to close everything and to end')
  closeAll(trading, log, { type: 'stop', id: 0, flatten: true, keepOrders: false })
}

/** The wish could not be made durable (a full disk): it stands in memory, and the loop closes what it can. */
function closeAll(trading: Trading, log: Log, command: Parameters<Trading['ask']>[0]): void {
  trading
    .ask(command)
    .catch((error: unknown) =>
      log.error('flatten-not-kept', 'The wish to close everything could not be written', { error }),
    )
}

type End = BotEnd & Readonly<{ refusal: Refusal | null }>

function failedEnd(life: Life, log: Log, error: unknown): End {
  const found = error instanceof Refused ? error.refusal : null
  const message = error instanceof Error ? error.message : String(error)
  life.lastError = found ? `${found.message} ${found.nextStep}` : message
  const reason: StopReason = found ? (found.code === 'fenced' ? 'fenced' : 'refused') : 'failed'
  if (found) log.error(`bot-${reason}`, life.lastError, { code: found.code })
  else log.error('bot-failed', message, { error })
  return { reason, message: life.lastError, refusal: found }
}

/** Ends in order: last state told, last log line written, files closed, guard freed last. */
async function leave(
  home: HeldHousehold,
  {
    control,
    trading,
    cloud,
  }: Readonly<{ control?: BotControl | undefined; trading?: Trading | undefined; cloud?: BotCloudLink | undefined }>,
  end: End,
  status: () => BotStatus,
): Promise<number> {
  const { life, logs } = home
  const [log] = logs
  const failed = end.reason === 'failed'
  life.phase = failed ? 'crashed' : 'stopped'
  life.reason = end.reason
  try {
    writeLastExit(home.layout, home.accountId, {
      instanceId: home.who.instanceId,
      at: now(),
      state: failed ? 'crashed' : 'stopped',
      reason: end.reason,
      refusal: end.refusal,
      status: trading ? status() : null,
    })
  } catch (error) {
    // A full disk: whoever watches learns it from the farewell, and the rest is left in order all the same.
    log.error('last-exit-failed', 'How the bot ended could not be left on disk', { error })
  }
  control?.pushStatus(status())
  await control?.end(end.reason, end.message)
  await trading?.close()
  await cloud?.close(!failed)
  log.info('bot-stopped', end.message, { reason: end.reason })
  for (const each of logs) await each.close()
  home.hold.release()
  if (end.refusal) return EXIT_CODE_OF[end.refusal.code]
  return failed ? BOT_EXIT.failed : BOT_EXIT.ended
}

function accountIdOf(text: string): AccountId {
  const id = parseAccountId(text)
  if (!isAccountId(id)) throw new Refused(id)
  return id
}

function notYet(): Refusal {
  return refusal('not-running', 'The bot is still starting.', 'Ask again in a moment.')
}
