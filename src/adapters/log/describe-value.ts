import { namesSecret, REDACTED } from './redact.ts'

const DEEPEST = 6
const MOST_ITEMS = 200
const LONGEST_TEXT = 16_384
/** Where HTTP libraries keep credentials, the raw request head among them; no log needs them. */
const LEFT_OUT = new Set(['headers', 'rawheaders', '_header', '_headers'])

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/**
 * Any value as plain JSON that is safe to write: never throws, ends on cycles, and holds no secret.
 *
 * Errors keep their name, message, stack, code and cause and nothing else, because errors of HTTP libraries carry
 * the request with its credentials. `toJSON` is not called for the same reason.
 *
 * @param hide takes secrets out of a text; applied to every string, number and key
 */
export function describeValue(value: unknown, hide: (text: string) => string): Json | undefined {
  return describe(value, hide, 0, [])
}

function describe(value: unknown, hide: (text: string) => string, depth: number, above: object[]): Json | undefined {
  switch (typeof value) {
    case 'string':
      return hide(cut(value))
    case 'number':
      return describeNumber(value, hide)
    case 'bigint':
      return hide(value.toString())
    case 'boolean':
      return value
    case 'symbol':
      return hide(String(value))
    case 'function':
      return '[function]'
    case 'undefined':
      return undefined
    default:
      break
  }
  if (value === null) return null
  const object = value as object
  if (above.includes(object)) return '[circular]'
  if (depth >= DEEPEST) return '[too deep]'
  try {
    return describeObject(object, hide, depth, [...above, object])
  } catch {
    // A getter or proxy that throws must not end a bot.
    return '[unreadable]'
  }
}

function describeNumber(value: number, hide: (text: string) => string): Json {
  const text = String(value)
  if (!Number.isFinite(value)) return text
  const shown = hide(text)
  return shown === text ? value : shown
}

function describeObject(object: object, hide: (text: string) => string, depth: number, above: object[]): Json {
  const inner = (value: unknown) => describe(value, hide, depth + 1, above) ?? null
  if (object instanceof Error) return describeError(object, hide, depth, above)
  if (object instanceof Date) return Number.isNaN(object.getTime()) ? 'Invalid Date' : object.toISOString()
  if (object instanceof URL) return hide(cut(object.href))
  if (object instanceof RegExp) return hide(String(object))
  if (ArrayBuffer.isView(object) || object instanceof ArrayBuffer) return `[${object.byteLength} bytes]`
  if (object instanceof Set) return describeObject([...object], hide, depth, above)
  if (object instanceof Map) return describeObject(Object.fromEntries(object), hide, depth, above)
  if (Array.isArray(object)) {
    const items = object.slice(0, MOST_ITEMS).map(inner)
    return object.length > MOST_ITEMS ? [...items, `[${object.length - MOST_ITEMS} more]`] : items
  }
  const shown: { [key: string]: Json } = {}
  let kept = 0
  for (const key of Object.keys(object)) {
    if (++kept > MOST_ITEMS) {
      shown['…'] = 'more fields left out'
      break
    }
    const item = describeField(object, key, hide, depth, above)
    // defineProperty, because a field named __proto__ must not become the prototype.
    if (item !== undefined)
      Object.defineProperty(shown, hide(key), { value: item, enumerable: true, configurable: true, writable: true })
  }
  return shown
}

function describeField(
  object: object,
  key: string,
  hide: (text: string) => string,
  depth: number,
  above: object[],
): Json | undefined {
  if (LEFT_OUT.has(key.toLowerCase())) return '[left out]'
  try {
    const value = (object as Record<string, unknown>)[key]
    return namesSecret(key, value) && value !== undefined ? REDACTED : describe(value, hide, depth + 1, above)
  } catch {
    return '[unreadable]'
  }
}

function describeError(error: Error, hide: (text: string) => string, depth: number, above: object[]): Json {
  const shown: { [key: string]: Json } = {
    name: hide(cut(String(error.name))),
    message: hide(cut(String(error.message))),
  }
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown }
  if (typeof code === 'string' || typeof code === 'number') shown.code = hide(String(code))
  if (typeof error.stack === 'string') shown.stack = hide(cut(error.stack))
  if (cause !== undefined) shown.cause = describe(cause, hide, depth + 1, above) ?? null
  if (Array.isArray(errors)) shown.errors = describe(errors.slice(0, 5), hide, depth + 1, above) ?? null
  return shown
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT
    ? text
    : `${text.slice(0, LONGEST_TEXT)}… [${text.length - LONGEST_TEXT} characters more]`
}
