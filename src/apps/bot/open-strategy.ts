import type { HomeLayout } from '../../adapters/home/layout.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { findPlugIn } from '../../adapters/strategy-host/find-plug-in.ts'
import { loadPlugIn } from '../../adapters/strategy-host/load-plug-in.ts'
import { boundedOutput } from '../../adapters/strategy-host/plug-in-output.ts'
import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { AccountStore } from '../../domain/account/account-store.ts'
import type { Reason } from '../../domain/decision/decision.ts'
import { Refused, type Refusal } from '../../domain/failure/refusal.ts'
import { strategyById } from '../../domain/strategy/index.ts'
import type { StoppedSnapshot } from '../../domain/strategy/plug-in.ts'
import type { ParameterValues } from '../../domain/strategy/validate-parameters.ts'
import { areParameters, validateParameters } from '../../domain/strategy/validate-parameters.ts'
import type { Strategy } from '../../domain/strategy/strategy.ts'
import { plugInProgram } from '../plug-in-program.ts'

/** What decides for an account. */
export type AccountStrategy = Readonly<{
  strategy: Strategy
  parameters: ParameterValues
  /** What a snapshot refers to: strategy, parameters and, of a plug-in, its code. */
  key: string
  close(): Promise<void>
}>

type StoreView = Pick<AccountStore, 'checkpoints' | 'openPositionSymbols' | 'openOrders'>

type Account = Readonly<{
  layout: HomeLayout
  settings: AccountSettings
  store: StoreView
  log: Pick<Log, 'info' | 'warn' | 'error'>
  changed: () => void
}>

/**
 * The strategy of an account, built in or the user's own.
 *
 * A plug-in that can't be opened refuses the start of a flat account. Where something is held or working the bot starts
 * all the same and makes no entries: what is open must be looked after.
 *
 * @throws {Refused} 'strategy-unknown' | 'strategy-invalid' | 'setting-invalid'
 */
export function openStrategy(account: Account): AccountStrategy {
  const { settings } = account
  const builtIn = strategyById(settings.strategy)
  if (!('code' in builtIn)) return ready(builtIn, settings, '', () => Promise.resolve())
  const opened = openPlugIn(account, builtIn)
  if (!('code' in opened)) return opened
  if (isIdle(account.store)) throw new Refused(opened)
  account.log.error('strategy-stopped', `${opened.message} ${opened.nextStep} ${AFTER}`, { code: opened.code })
  const { message } = opened
  return absent(settings.strategy, { code: 'strategy-stopped', text: message.replace(/\.$/, '') })
}

const AFTER = 'No new entries are made. Stops and targets stay in place, and limits, flatten and stop go on working.'

function openPlugIn({ layout, settings, store, log, changed }: Account, unknown: Refusal): AccountStrategy | Refusal {
  const file = findPlugIn(layout, settings.strategy)
  if (!file || 'code' in file) return file ?? unknown
  const plugIn = loadPlugIn(plugInProgram(process.argv[1] ?? ''), file, {
    onOutput: boundedOutput(
      () => performance.now(),
      (text, dropped) => log.info('strategy-output', text, dropped > 0 ? { droppedBefore: dropped } : {}),
    ),
    onStopped: ({ text }) => {
      log.error(
        'strategy-stopped',
        `${text.charAt(0).toUpperCase()}${text.slice(1)}. ${AFTER} Correct it and restart the bot.`,
        {
          strategy: settings.strategy,
        },
      )
      changed()
    },
  })
  if ('code' in plugIn) return plugIn
  const before = versionsIn(store, plugIn.strategy.id)
  if (before.length > 0 && !before.includes(plugIn.content))
    log.warn('strategy-changed', `The code of the strategy ${plugIn.strategy.id} has changed since it last ran`, {
      file: file.entry,
      content: plugIn.content,
    })
  log.info('strategy-loaded', `Strategy ${plugIn.strategy.id} loaded from ${file.entry}`, { content: plugIn.content })
  return ready(plugIn.strategy, settings, plugIn.content, () => plugIn.close())
}

function ready(
  strategy: Strategy,
  settings: AccountSettings,
  content: string,
  close: () => Promise<void>,
): AccountStrategy {
  const parameters = validateParameters(strategy, settings.parameters)
  if (!areParameters(parameters)) throw new Refused(parameters)
  return { strategy, parameters, key: keyOf(strategy.id, parameters, content), close }
}

function keyOf(id: string, parameters: ParameterValues, content: string): string {
  return JSON.stringify(content === '' ? [id, parameters] : [id, parameters, content])
}

/** Which code of a plug-in made the snapshots there are. */
function versionsIn(store: StoreView, id: string): string[] {
  return store.checkpoints().flatMap(({ strategyKey }) => {
    const [before, , content] = JSON.parse(strategyKey) as [string, unknown, string?]
    return before === id && content !== undefined ? [content] : []
  })
}

function isIdle(store: StoreView): boolean {
  return store.openPositionSymbols().length === 0 && store.openOrders().length === 0
}

/** Stands where a plug-in should be: proposes nothing and says why. */
function absent(name: string, why: Reason): AccountStrategy {
  const snapshot: StoppedSnapshot = { plugIn: 1, stopped: 'absent' }
  const strategy: Strategy = {
    id: name.replace(/[^A-Za-z0-9-]+/g, '-').slice(-48),
    title: name,
    parameters: [],
    open: () => ({
      onBar: () => undefined,
      snapshot: () => snapshot,
      takeWarnings: () => [],
      indicators: () => undefined,
      halted: () => why,
    }),
  }
  return { strategy, parameters: {}, key: keyOf(name, {}, 'absent'), close: () => Promise.resolve() }
}
