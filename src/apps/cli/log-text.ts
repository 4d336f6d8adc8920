import type { LogLine } from '../../contracts/launcher/logs.ts'
import type { Output, Style } from './output.ts'
import { withoutControls } from './text-width.ts'

const STYLE_OF: Readonly<Record<string, Style>> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' }
/** The same in every line of an account's log, or shown in a place of their own. */
const NOT_REPEATED = new Set('time level event msg accountId userId mode symbol instanceId pid'.split(' '))
const LONGEST_FIELD = 300

/** A log line for people: time, level, event, message and the fields that tell it from its neighbours. */
export function logText(line: LogLine, out: Output): string {
  if (line.time === null && line.level === null) return clean(line.raw)
  const style = STYLE_OF[line.level ?? '']
  const level = clean((line.level ?? '').toUpperCase()).padEnd(5)
  const fields = fieldsOf(line.raw)
  const parts = [
    clean(line.time ?? '–'),
    style === undefined ? level : out.paint(style, level),
    clean(line.event ?? ''),
  ]
  return [...parts, clean(line.message), ...(fields === '' ? [] : [out.paint('dim', fields)])].join('  ')
}

function fieldsOf(raw: string): string {
  try {
    const record = JSON.parse(raw) as Record<string, unknown>
    return Object.entries(record)
      .filter(([name, value]) => !NOT_REPEATED.has(name) && value !== null)
      .map(([name, value]) => `${name}=${fieldText(value)}`)
      .join(' ')
  } catch {
    return ''
  }
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return clean(text).slice(0, LONGEST_FIELD)
}

function clean(text: string): string {
  return withoutControls(text.replace(/\s+/g, ' '))
}
