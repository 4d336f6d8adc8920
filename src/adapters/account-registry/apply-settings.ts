import {
  AccountSettings,
  CloudSettings,
  GatewaySettings,
  MOST_SYMBOLS,
  RiskSettings,
  SimulationSettings,
  type AccountSettingsInput,
  type FeedSetting,
} from '../../contracts/account-settings.ts'
import { misfitText } from '../../contracts/misfit-text.ts'
import { nearestNames } from '../../domain/failure/nearest-names.ts'
import { Refused, refuse, type Refusal } from '../../domain/failure/refusal.ts'
import { isFeedSpec, parseFeed } from '../../domain/feed/parse-feed.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { looserThanPreset, presetByName, presetLimits, withinSizes } from '../../domain/risk/presets/index.ts'
import type { StrategyDescription } from '../../domain/strategy/plug-in.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { refuseUnfitBroker } from './refuse-unfit-broker.ts'
import { refuseUnfitFeed } from './refuse-unfit-feed.ts'
import { refuseUnfitMoney } from './refuse-unfit-money.ts'

/** A strategy as settings are checked against it. */
export type KnownStrategy = StrategyDescription &
  Readonly<{
    /** A plug-in that was not read, or could not be: its parameters are taken on trust until its bot starts. */
    isUnread?: boolean
  }>

/** What settings are checked against. */
export type AccountRules = Readonly<{
  /** Brokers we can trade at, by name. */
  brokers: readonly string[]
  instrument: (symbol: string) => Instrument | Refusal
  strategy: (id: string) => KnownStrategy | Refusal
  /**
   * Looks at a strategy anew where that takes time: a plug-in is loaded aside. Before settings that name it are made.
   *
   * @returns why it can't be used, undefined when it can
   */
  prepare?: (id: string) => Promise<Refusal | undefined>
  /** @returns why the strategy can't run with these parameters, undefined when it can */
  checkParameters: (strategy: KnownStrategy, given: Readonly<Record<string, number>>) => Refusal | undefined
}>

const PLAIN_KEYS = ['broker', 'mode', 'strategy', 'symbol', 'timeframe', 'feed'] as const
type PlainKey = (typeof PLAIN_KEYS)[number]
/** Settings whose values name the account itself or its history; they are chosen once. */
const FIXED_KEYS = ['accountId', 'id', 'user', 'userId', 'version', 'createdAt']
const GROUPS = {
  risk: RiskSettings.parse({}),
  simulation: SimulationSettings.parse({}),
  gateway: GatewaySettings.parse({}),
  cloud: CloudSettings.parse({}),
} as const
const PRESET_KEY = 'risk.preset'
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

type Draft = AccountSettingsInput & { parameters: Record<string, number> }

/**
 * Applies `key=value` settings: a plain setting (`feed=replay:60x`), a limit (`risk.maxPositionLots=3`), a figure of the
 * simulated broker (`simulation.slippageTicks=2`), where a gateway is (`gateway.url=…`), what the cloud may do
 * (`cloud.confidence=veto`) or a parameter of the strategy by its name. An empty value puts a limit, figure or parameter back to its default. A new strategy starts from its defaults; `risk.preset` fills the
 * limits of its firm, and what is set beside it may only be stricter.
 *
 * @returns whole, valid settings; `current` is left as it is
 * @throws {Refused} the first thing that is wrong, with what would be right
 */
export function applySettings(
  current: AccountSettingsInput,
  assignments: readonly string[],
  rules: AccountRules,
): AccountSettings {
  const pairs = assignments.map(splitPair)
  const draft: Draft = { ...structuredClone(current), parameters: { ...current.parameters } }
  // A strategy comes first: the names of the other parameters depend on it.
  for (const [key, value] of pairs) if (key === 'strategy') chooseStrategy(draft, value)
  const strategy = found(rules.strategy(draft.strategy))
  // A preset fills limits before single ones are set, wherever it stands, and for the symbol as it will be.
  for (const [key, value] of pairs) if (key === 'symbol') assignPlain(draft, key, value)
  if (draft.symbol.includes(',')) chooseSymbols(draft, draft.symbol)
  for (const [key, value] of pairs) if (key === PRESET_KEY) choosePreset(draft, value, strategy, rules)
  for (const [key, value] of pairs) if (key !== 'strategy' && key !== PRESET_KEY) assign(draft, key, value, strategy)
  const settings = checkSettings(draft, rules)
  refuseUnfitMoney(settings, found(rules.instrument(settings.symbol)).currency)
  return settings
}

/**
 * Checks settings as a whole.
 *
 * @throws {Refused} naming the setting that is wrong
 */
export function checkSettings(draft: AccountSettingsInput, rules: AccountRules): AccountSettings {
  const parsed = AccountSettings.safeParse(draft)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    refuse(
      'setting-invalid',
      `The setting ${issue.path.join('.') || 'file'} is wrong: ${misfitText(issue)}.`,
      'Correct it and try again.',
    )
  }
  const settings = parsed.data
  if (!rules.brokers.includes(settings.broker))
    refuse(
      'broker-unknown',
      `${JSON.stringify(settings.broker)} is no broker we can trade at.`,
      `Use one of: ${rules.brokers.join(', ')}.`,
    )
  refuseUnfitBroker(settings)
  refuseUnfitFeed(settings)
  const [instrument, ...others] = [settings.symbol, ...settings.alsoSymbols].map((one) => found(rules.instrument(one)))
  if (!instrument) throw new Error('settings without a symbol')
  refuseOddSymbols(instrument, others)
  refuseLooserThanPreset(settings, instrument, others)
  const strategy = found(rules.strategy(settings.strategy))
  const wrong = rules.checkParameters(strategy, settings.parameters)
  if (wrong) throw new Refused(wrong)
  return { ...settings, symbol: instrument.symbol, alsoSymbols: others.map(({ symbol }) => symbol) }
}

/** Books are kept in one currency, and each instrument has one place in them. */
function refuseOddSymbols(first: Instrument, others: readonly Instrument[]): void {
  const seen = new Set([first.symbol])
  for (const { symbol, currency } of others) {
    if (seen.has(symbol))
      refuse(
        'setting-invalid',
        `The symbol ${symbol} is named twice.`,
        'Name each symbol once: symbol=NIFTY,BANKNIFTY.',
      )
    if (currency.code !== first.currency.code)
      refuse(
        'setting-invalid',
        `${symbol} is counted in ${currency.code}, but ${first.symbol} in ${first.currency.code}: an account has one currency.`,
        `Add another account for ${symbol}.`,
      )
    seen.add(symbol)
  }
}

/**
 * A feed as typed, in the form it is stored in.
 *
 * @throws {Refused} feed-invalid
 */
export function feedSetting(text: string): FeedSetting {
  const parsed = parseFeed(text)
  if (!isFeedSpec(parsed)) throw new Refused(parsed)
  if (parsed.kind === 'synthetic') return parsed
  const iso = (at: EpochMs | undefined) => (at === undefined ? undefined : new Date(at).toISOString())
  const from = iso(parsed.from)
  const to = iso(parsed.to)
  return { kind: 'replay', speed: parsed.speed, ...(from ? { from } : {}), ...(to ? { to } : {}) }
}

function assign(draft: Draft, key: string, value: string, strategy: KnownStrategy): void {
  if ((PLAIN_KEYS as readonly string[]).includes(key)) return assignPlain(draft, key as PlainKey, value)
  const [group, field] = key.split('.', 2) as [string, string | undefined]
  if (field !== undefined && Object.hasOwn(GROUPS, group)) {
    const defaults: Readonly<Record<string, string | number>> = GROUPS[group as keyof typeof GROUPS]
    if (!Object.hasOwn(defaults, field)) unknownKey(key, strategy)
    const asGiven = typeof defaults[field] === 'number' && value !== '' ? numberIn(key, value) : value
    const changed = { ...draft[group as keyof typeof GROUPS], [field]: value === '' ? defaults[field] : asGiven }
    Object.assign(draft, { [group]: changed })
    return
  }
  if (!strategy.parameters.some(({ name }) => name === key)) unknownKey(key, strategy)
  if (value === '') delete draft.parameters[key]
  else draft.parameters[key] = numberIn(key, value)
}

function assignPlain(draft: Draft, key: PlainKey, value: string): void {
  if (value === '') refuse('setting-invalid', `The setting ${key} needs a value.`, `Write it as ${key}=VALUE.`)
  if (key === 'feed') draft.feed = feedSetting(value)
  else if (key === 'symbol') chooseSymbols(draft, value)
  // The schema names the values that are possible.
  else Object.assign(draft, { [key]: value })
}

/** `NIFTY` or `NIFTY,BANKNIFTY,SENSEX`: the first is the account's own, the others stand beside it. */
function chooseSymbols(draft: Draft, text: string): void {
  const symbols = text.split(',').map((symbol) => symbol.trim())
  if (symbols.length > MOST_SYMBOLS)
    refuse(
      'setting-invalid',
      `${symbols.length} symbols are more than one bot follows (${MOST_SYMBOLS}).`,
      'Spread them over several accounts.',
    )
  if (symbols.includes(''))
    refuse(
      'setting-invalid',
      `${JSON.stringify(text)} names no symbol between two commas.`,
      'Write symbol=NIFTY,BANKNIFTY.',
    )
  draft.symbol = symbols[0]!
  draft.alsoSymbols = symbols.slice(1)
}

function chooseStrategy(draft: Draft, id: string): void {
  if (draft.strategy !== id) draft.parameters = {}
  draft.strategy = id
}

/** Unknown names are left to the schema, which tells the ones there are. */
function choosePreset(draft: Draft, name: string, strategy: KnownStrategy, rules: AccountRules): void {
  assign(draft, PRESET_KEY, name, strategy)
  const preset = presetByName(name)
  const traded = () => [draft.symbol, ...(draft.alsoSymbols ?? [])].map((symbol) => found(rules.instrument(symbol)))
  if (preset) Object.assign(draft.risk!, presetLimits(preset, ...traded()))
}

/** Settings as they were written, with the lots that their preset has for what the account trades by now. */
export function withPresetSizes(settings: AccountSettings, rules: AccountRules): AccountSettings {
  const preset = presetByName(settings.risk.preset)
  if (!preset) return settings
  const traded = [settings.symbol, ...settings.alsoSymbols].map((symbol) => found(rules.instrument(symbol)))
  return { ...settings, risk: withinSizes(settings.risk, presetLimits(preset, ...traded)) }
}

function refuseLooserThanPreset(
  { risk }: AccountSettings,
  instrument: Instrument,
  others: readonly Instrument[],
): void {
  const preset = presetByName(risk.preset)
  if (!preset) return
  if (preset.currency !== instrument.currency.code)
    refuse(
      'setting-invalid',
      `The limits of ${preset.title} are in ${preset.currency}, but ${instrument.symbol} is counted in ${instrument.currency.code}.`,
      'Choose another symbol, or set risk.preset=none.',
    )
  const looser = looserThanPreset(risk, presetLimits(preset, instrument, ...others))
  if (looser)
    refuse(
      'setting-invalid',
      `risk.${looser.name}=${String(risk[looser.name as keyof typeof risk])} is looser than ${preset.title} allows.`,
      `Set risk.${looser.name}=${looser.allowed} or stricter, or leave the rule set with risk.preset=none.`,
    )
}

/** The strategy that settings name once they are applied. */
export function strategyAfter(current: string, assignments: readonly string[]): string {
  return assignments.map(splitPair).findLast(([key]) => key === 'strategy')?.[1] ?? current
}

function splitPair(assignment: string): [key: string, value: string] {
  const at = assignment.indexOf('=')
  if (at > 0) return [assignment.slice(0, at).trim(), assignment.slice(at + 1).trim()]
  return refuse('setting-invalid', `${JSON.stringify(assignment)} sets nothing.`, 'Write it as KEY=VALUE.')
}

function numberIn(key: string, text: string): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(value)) return value
  return refuse(
    'setting-invalid',
    `${JSON.stringify(text)} is no number, which ${key} must be.`,
    `Write ${key}=NUMBER.`,
  )
}

function unknownKey(key: string, strategy: KnownStrategy): never {
  if (FIXED_KEYS.includes(key))
    refuse('setting-invalid', `The setting ${key} is chosen once and can't be changed.`, 'Add another account instead.')
  if (strategy.isUnread)
    refuse(
      'strategy-invalid',
      `The strategy ${strategy.id} can't be read now, so whether it has a parameter ${key} is not known.`,
      `Look at it with: slipway strategy check ${strategy.id}`,
    )
  const [group] = key.split('.', 1)
  const names = Object.entries(GROUPS).map(([one, fields]) => Object.keys(fields).map((name) => `${one}.${name}`))
  const plain = [...strategy.parameters.map(({ name }) => name), ...PLAIN_KEYS]
  const near = nearestNames(key, [...plain, ...names.flat()])
  const ofGroup = names.find(([first]) => first?.startsWith(`${group}.`))
  // All of them would be a wall of seventy names.
  const known = ofGroup ?? [...plain, ...Object.keys(GROUPS).map((one) => `${one}.…`)]
  return refuse(
    'setting-invalid',
    `There is no setting ${JSON.stringify(key)}.`,
    near.length > 0 ? `Did you mean ${near.join(', ')}?` : `Settings are: ${known.join(', ')}.`,
  )
}

function found<T extends object>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Refused(value)
  return value
}

function isRefusal(value: object): value is Refusal {
  return 'nextStep' in value && 'code' in value && !('parameters' in value) && !('tickUnits' in value)
}
