import { STRATEGIES } from './index.ts'
import type { ParameterSpec, Strategy } from './strategy.ts'

/** What is known of a strategy without running it: enough for lists, forms and the check of settings. */
export type StrategyDescription = Pick<Strategy, 'id' | 'title' | 'parameters'>

/** How much a plug-in may do; beyond any of these it is stopped. */
export const PLUG_IN_LIMITS = {
  /** Longest time for one bar, milliseconds of a running bot. */
  barMs: 250,
  /** Longest time to load the file, and to open a run with its snapshot. */
  openMs: 5_000,
  /** Memory of all its objects, and beside them of all its buffers, megabytes. */
  memoryMb: 64,
  /** Longest proposal, as JSON, bytes. */
  proposalBytes: 32 * 1024,
  /** Largest snapshot, as JSON, bytes. */
  snapshotBytes: 256 * 1024,
  /** Most parameters. */
  parameters: 64,
} as const

/** Files a plug-in can be. TypeScript is run as it is: Node strips the types. */
export const PLUG_IN_ENDINGS = ['.ts', '.mts', '.js', '.mjs', '.cjs'] as const

const ID = /^[a-z][a-z0-9-]{0,47}$/
const PARAMETER = /^[a-z][A-Za-z0-9_]{0,39}$/
/** Device names that Windows opens instead of a file. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/

/** True for what names a file or folder, false for what names a strategy. */
export function looksLikePath(name: string): boolean {
  return /[/\\]/.test(name) || /^\.{1,2}$/.test(name) || PLUG_IN_ENDINGS.some((ending) => name.endsWith(ending))
}

/** @returns why `id` can't name a plug-in, as the end of a sentence; undefined when it can */
export function whyNotPlugInId(id: string): string | undefined {
  if (!ID.test(id)) return 'must be 1 to 48 small letters, digits and dashes, beginning with a letter'
  if (WINDOWS_DEVICE.test(id)) return 'is a device name on Windows'
  if (Object.hasOwn(STRATEGIES, id)) return 'is the name of a built-in strategy'
  return undefined
}

/**
 * Reads what a plug-in says of itself: everything but its code.
 *
 * @returns the description, or the first thing that is wrong with it, as a clause ("parameters[0].min must be a number")
 */
export function readDescription(value: unknown): StrategyDescription | string {
  if (!isRecord(value)) return 'its default export must be an object'
  const { id, title, parameters } = value
  if (typeof id !== 'string') return `id must be a text, and is ${shown(id)}`
  const why = whyNotPlugInId(id)
  if (why !== undefined) return `its id ${shown(id)} ${why}`
  const wrongTitle = wrongText('title', title, 80)
  if (wrongTitle !== undefined) return wrongTitle
  if (!Array.isArray(parameters)) return `parameters must be a list, and is ${shown(parameters)}`
  if (parameters.length > PLUG_IN_LIMITS.parameters)
    return `it has ${parameters.length} parameters; ${PLUG_IN_LIMITS.parameters} are the most`
  const specs: ParameterSpec[] = []
  for (const [index, given] of parameters.entries()) {
    const spec = readParameter(`parameters[${index}]`, given)
    if (typeof spec === 'string') return spec
    if (specs.some(({ name }) => name === spec.name)) return `it has two parameters called ${spec.name}`
    specs.push(spec)
  }
  return { id, title: title as string, parameters: specs }
}

function readParameter(at: string, value: unknown): ParameterSpec | string {
  if (!isRecord(value)) return `${at} must be an object, and is ${shown(value)}`
  const { name, label, help, unit, kind, default: usual, min, max } = value
  if (typeof name !== 'string' || !PARAMETER.test(name))
    return `${at}.name must be a word such as fastBars, and is ${shown(name)}`
  const texts = { label: [label, 80], help: [help, 500], unit: [unit, 40] } as const
  for (const [key, [text, most]] of Object.entries(texts)) {
    const wrong = wrongText(`${at}.${key}`, text, most)
    if (wrong !== undefined) return wrong
  }
  if (kind !== 'integer' && kind !== 'number') return `${at}.kind must be "integer" or "number", and is ${shown(kind)}`
  for (const [key, number] of Object.entries({ default: usual, min, max }))
    if (typeof number !== 'number' || !Number.isFinite(number))
      return `${at}.${key} must be a number, and is ${shown(number)}`
    else if (kind === 'integer' && !Number.isSafeInteger(number))
      return `${at}.${key} must be a whole number, and is ${shown(number)}`
  const range = { default: usual as number, min: min as number, max: max as number }
  if (range.min > range.max) return `${at}.min (${range.min}) is above ${at}.max (${range.max})`
  if (range.default < range.min || range.default > range.max)
    return `${at}.default (${range.default}) is not within ${range.min} to ${range.max}`
  return { name, label: label as string, help: help as string, unit: unit as string, kind, ...range }
}

function wrongText(at: string, text: unknown, most: number): string | undefined {
  if (typeof text !== 'string' || text.trim() === '') return `${at} must be a text, and is ${shown(text)}`
  return text.length <= most ? undefined : `${at} has ${text.length} characters; ${most} are the most`
}

/** Where a snapshot should be, that of a run that was stopped: it is not to be continued. */
export type StoppedSnapshot = Readonly<{ plugIn: 1; stopped: string }>
/** What a plug-in's run leaves behind. */
export type PlugInSnapshot = Readonly<{ plugIn: 1; state: unknown }> | StoppedSnapshot

/** True for what a run leaves that was stopped: it has not seen the bars since, so it begins anew. */
export function isStoppedSnapshot(snapshot: unknown): snapshot is StoppedSnapshot {
  return isRecord(snapshot) && snapshot.plugIn === 1 && typeof snapshot.stopped === 'string'
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value in a sentence, short. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  return Array.isArray(value) ? 'a list' : `${typeof value === 'object' ? 'an object' : `a ${typeof value}`}`
}
