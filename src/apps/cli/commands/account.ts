import { resolve } from 'node:path'
import type { AccountSettings } from '../../../contracts/account-settings.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { looksLikePath } from '../../../domain/strategy/plug-in.ts'
import type { Cli } from '../cli.ts'
import { confirm } from '../confirm.ts'
import { withLauncher, type LauncherApi } from '../with-launcher.ts'

export type AccountAddOptions = Readonly<{
  user: string
  broker: string
  mode: string
  strategy: string
  symbol: string
  timeframe: string
  feed: string
  set: readonly string[]
}>

/** `slipway account add ID`. */
export function accountAdd(cli: Cli, accountId: string, options: AccountAddOptions): Promise<number> {
  const { mode } = options
  if (mode !== 'paper' && mode !== 'live')
    refuse('setting-invalid', `${JSON.stringify(mode)} is no mode.`, 'Use paper or live.')
  const { user, broker, symbol, timeframe, feed } = options
  const strategy = strategyName(cli, options.strategy)
  return withLauncher(cli, async (api) => {
    const added = await api.accounts.add({
      ...{ accountId, user, broker, mode, strategy, symbol, timeframe, feed },
      set: options.set.map((pair) => withWholePath(cli, pair)),
    })
    const { readopted, ...settings } = added
    if (readopted)
      cli.out.note(`The folder kept from the earlier account ${accountId} is in use again, with all it holds.`)
    const bare = await withoutBars(api, settings)
    cli.out.answer(added, () => {
      cli.out.line(`Account ${settings.accountId} added.`)
      showSettings(cli, settings)
      for (const name of bare)
        cli.out.note(
          `There are no ${settings.timeframe} bars of ${name} to replay yet. Import some: slipway data import FILE --symbol ${name} --timeframe ${settings.timeframe}`,
        )
      cli.out.note(`Start its bot with: slipway start ${settings.accountId}`)
    })
    return 0
  })
}

/** The symbols an account would replay and can't yet: any letters may be the ticker of a stock, a slip of the pen too. */
async function withoutBars(api: LauncherApi, settings: AccountSettings): Promise<readonly string[]> {
  if (settings.feed.kind !== 'replay') return []
  const stored = await api.data.list().catch(() => undefined)
  const has = (name: string) => stored?.some((one) => one.symbol === name && one.timeframe === settings.timeframe)
  return stored ? [settings.symbol, ...settings.alsoSymbols].filter((name) => !has(name)) : []
}

/** `slipway account list`. A corrupt account is a row of its own and does not hide the others. */
export function accountList(cli: Cli): Promise<number> {
  return withLauncher(cli, async (api) => {
    const entries = await api.accounts.list()
    cli.out.answer(
      entries.map((entry) => ('settings' in entry ? entry.settings : entry)),
      () => {
        if (entries.length === 0)
          return cli.out.line('No accounts yet. Add one: slipway account add ID --user U --symbol S')
        const rows = entries.map((entry) =>
          'settings' in entry
            ? { ...entry.settings, problem: '' }
            : { accountId: entry.accountId, problem: entry.corrupt.message },
        )
        cli.out.table(
          [
            { title: 'ACCOUNT', text: (row) => row.accountId },
            { title: 'USER', text: (row) => ('user' in row ? row.user : null), flexible: true },
            { title: 'BROKER', text: (row) => ('broker' in row ? row.broker : null) },
            { title: 'MODE', text: (row) => ('mode' in row ? row.mode : null) },
            { title: 'STRATEGY', text: (row) => ('strategy' in row ? row.strategy : null) },
            { title: 'SYMBOL', text: (row) => ('symbol' in row ? [row.symbol, ...row.alsoSymbols].join(',') : null) },
            { title: 'FEED', text: (row) => ('feed' in row ? feedText(row.feed) : null) },
            { title: 'PROBLEM', text: (row) => row.problem, flexible: true },
          ],
          rows,
        )
      },
    )
    return 0
  })
}

/** `slipway account show ID`. */
export function accountShow(cli: Cli, id: string): Promise<number> {
  return withLauncher(cli, async (api) => {
    const settings = await api.accounts.show({ id })
    cli.out.answer(settings, () => showSettings(cli, settings))
    return 0
  })
}

/** `slipway account edit ID --set k=v`. */
export function accountEdit(cli: Cli, id: string, options: { set: readonly string[] }): Promise<number> {
  if (options.set.length === 0)
    refuse('bad-usage', 'Nothing to change was given.', 'Add --set key=value, as often as needed.')
  return withLauncher(cli, async (api) => {
    const edited = await api.accounts.edit({ id, set: options.set.map((pair) => withWholePath(cli, pair)) })
    cli.out.answer(edited, () => {
      const { changed, appliesAtNextStart } = edited
      cli.out.line(changed.length === 0 ? 'Nothing changed.' : `Changed: ${changed.join(', ')}`)
      if (changed.length > 0 && appliesAtNextStart)
        cli.out.line(`The bot runs with the old settings until: slipway restart ${id}`)
    })
    return 0
  })
}

/** `slipway account remove ID [--purge]`. */
export function accountRemove(cli: Cli, id: string, options: { purge?: boolean; yes?: boolean }): Promise<number> {
  return withLauncher(cli, async (api) => {
    if (options.purge)
      await confirm(cli, {
        yes: options.yes,
        what: `This deletes everything account ${id} has: settings, orders, trades, logs and backups.`,
        word: id,
      })
    const removed = await api.accounts.remove({ id, purge: options.purge === true })
    cli.out.answer(removed, () =>
      cli.out.line(
        removed.purged
          ? `Account ${removed.accountId} and its folder ${removed.folder} were deleted.`
          : `Account ${removed.accountId} removed. Its folder is kept: ${removed.folder}`,
      ),
    )
    return 0
  })
}

/** `slipway backup ID`. */
export function backup(cli: Cli, id: string): Promise<number> {
  return withLauncher(cli, async (api) => {
    const saved = await api.backup({ id })
    cli.out.answer(saved, () => cli.out.line(`Backed up and verified: ${saved.file} (${saved.bytes} bytes)`))
    return 0
  })
}

/** `slipway restore ID FILE`. */
export async function restore(cli: Cli, id: string, file: string, options: { yes?: boolean }): Promise<number> {
  const path = resolve(cli.workingFolder, file)
  return withLauncher(cli, async (api) => {
    // Nobody is asked about what can't be done.
    await api.checkRestore({ id, file: path })
    await confirm(cli, {
      yes: options.yes,
      what: `This puts ${path} in the place of what account ${id} knows now.`,
      word: id,
    })
    const restored = await api.restore({ id, file: path })
    cli.out.answer(restored, () => {
      cli.out.line(`Restored from ${restored.file}.`)
      if (restored.quarantined !== null) cli.out.line(`What was there before is kept: ${restored.quarantined}`)
      cli.out.note(`The bot compares with the broker before it trades again: slipway start ${id}`)
    })
    return 0
  })
}

/** A strategy as the launcher must be told it: it has another working folder than whoever typed a path. */
function strategyName({ workingFolder }: Cli, typed: string): string {
  return looksLikePath(typed) ? resolve(workingFolder, typed) : typed
}

function withWholePath(cli: Cli, pair: string): string {
  const [, key, typed] = /^\s*(strategy)\s*=\s*(.+?)\s*$/.exec(pair) ?? []
  return key === undefined ? pair : `${key}=${strategyName(cli, typed!)}`
}

function showSettings({ out }: Cli, settings: AccountSettings): void {
  const { parameters, risk, simulation, gateway, cloud, feed, alsoSymbols, version: _, ...plain } = settings
  const rows = [
    ...Object.entries({ ...plain, symbol: [plain.symbol, ...alsoSymbols].join(',') }),
    ['feed', feedText(feed)] as const,
    ...nested('', parameters),
    ...nested('risk.', risk),
    ...(settings.broker === 'gateway' ? nested('gateway.', gateway) : nested('simulation.', simulation)),
    ...nested('cloud.', cloud),
  ]
  out.table(
    [
      { title: 'SETTING', text: ([name]) => name },
      { title: 'VALUE', text: ([, value]) => String(value), flexible: true },
    ],
    rows,
  )
}

function nested(prefix: string, values: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(values).map(([name, value]) => [prefix + name, value])
}

function feedText(feed: AccountSettings['feed']): string {
  if (feed.kind === 'synthetic') return `synthetic:${feed.seed}`
  const speed = feed.speed === 'max' ? 'max' : `${feed.speed}x`
  const range = feed.from === undefined && feed.to === undefined ? '' : `:${feed.from ?? ''}..${feed.to ?? ''}`
  return `replay:${speed}${range}`
}
