import { z } from 'zod'
import { CloudSettings, RiskSettings, SimulationSettings } from '../../src/contracts/account-settings.ts'
import { appliesAtOnce } from '../../src/contracts/setting-groups.ts'
import type { StrategyRow } from '../../src/contracts/launcher/strategies.ts'
import { settingWords } from '../format/sentence.ts'

/** One setting as a form needs it. Values are texts, as they are typed and as the launcher takes them. */
export type SettingField = Readonly<{
  /** As in `--set key=value`. */
  key: string
  label: string
  help: string
  unit: string
  kind: 'integer' | 'number' | 'money' | 'text' | 'choice'
  choices: readonly string[]
  default: string
  min: number | undefined
  max: number | undefined
}>

type Described = Readonly<{
  type?: string
  default?: string | number
  unit?: string
  description?: string
  enum?: readonly string[]
  minimum?: number
  maximum?: number
}>

/** What a person never sets when an account is made: it belongs to books that exist. */
const NOT_IN_FORM = new Set(['clearBreach'])

export const RISK_FIELDS: readonly SettingField[] = fieldsOf('risk', RiskSettings)
export const SIMULATION_FIELDS: readonly SettingField[] = fieldsOf('simulation', SimulationSettings)
export const CLOUD_FIELDS: readonly SettingField[] = fieldsOf('cloud', CloudSettings)

/** The limits most people set; the others stand behind a click. */
export const FIRST_RISK_KEYS: readonly string[] = [
  ...['risk.preset', 'risk.maxDailyLoss', 'risk.maxPositionLots', 'risk.maxTradesPerDay'],
  ...['risk.riskPerTradeBps', 'risk.blackout', 'risk.trailingDrawdown', 'risk.mustBeFlat'],
]

/** The settings of a group, from the schema that the launcher checks them by. */
function fieldsOf(group: string, schema: z.ZodType): SettingField[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties as Record<string, Described>)
    .filter(([name]) => !NOT_IN_FORM.has(name))
    .map(([name, field]) => ({
      key: `${group}.${name}`,
      label: settingWords(name),
      help: [field.description, appliesAtOnce(`${group}.${name}`) && 'Applies at once.'].filter(Boolean).join(' '),
      unit: unitOf(field),
      kind: kindOf(field),
      choices: field.enum ?? [],
      default: String(field.default ?? ''),
      min: field.minimum,
      max: field.maximum,
    }))
}

/** The parameters of a strategy, as it describes them itself. */
export function parameterFields(strategy: StrategyRow): readonly SettingField[] {
  return strategy.parameters.map(({ name, label, help, unit, kind, default: usual, min, max }) => ({
    ...{ key: name, label, help, unit, kind, min, max },
    ...{ choices: [], default: String(usual) },
  }))
}

/** Why a value can't be right; undefined when it may be. Empty means the default. The launcher has the last word. */
export function whyWrong({ kind, min, max, unit }: SettingField, value: string): string | undefined {
  if (value === '' || kind === 'text' || kind === 'choice') return undefined
  if (!/^-?\d+(\.\d+)?$/.test(value))
    return kind === 'money' ? 'Write an amount such as 500 or 500.00.' : 'Write a number.'
  const number = Number(value)
  if (kind === 'money') return number < 0 ? 'An amount can not be negative.' : undefined
  if (kind === 'integer' && !Number.isInteger(number)) return 'Write a whole number.'
  if (min !== undefined && number < min) return `At least ${min}${unitText(unit)}.`
  if (max !== undefined && number > max) return `At most ${max}${unitText(unit)}.`
  return undefined
}

/** From where to where a value may go, in words; empty where any may, and where its help says how it is written. */
export function rangeText({ kind, min, max, unit }: SettingField): string {
  if (kind === 'text' || kind === 'choice') return ''
  if (min === undefined && max === undefined) return unit === 'money' ? '' : unit
  const ends = [min === undefined ? '' : String(min), max === undefined ? '' : max.toLocaleString('en')]
  return `${ends.join(' to ')}${unitText(unit)}`
}

/** Behind a figure: ` lots`; `, a fraction per year` where the unit says what the figure is. */
function unitText(unit: string): string {
  if (unit === '') return ''
  return /^an? /.test(unit) ? `, ${unit}` : ` ${unit}`
}

function kindOf({ type, unit, enum: choices }: Described): SettingField['kind'] {
  if (choices) return 'choice'
  if (type === 'integer' || type === 'number') return type
  return unit === 'money' && type === 'string' ? 'money' : 'text'
}

function unitOf({ unit = '' }: Described): string {
  return unit
}
