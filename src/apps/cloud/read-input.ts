import type { z } from 'zod'
import type { CloudRoute } from '../../contracts/cloud/route.ts'
import { misfitText } from '../../contracts/misfit-text.ts'
import type { Asked } from './asked.ts'
import { cloudRefuse } from './cloud-call.ts'

/** Bytes. Machines that prove themselves in the body (webhooks) send documents that are not ours to keep small. */
const LARGEST_BODY = { usual: 64 * 1024, machine: 512 * 1024 } as const
const NEXT_STEP = 'Correct the request; the API is described at /api/openapi.json.'
const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i

/** What a caller sent, before it is checked. */
export type RawInput = Readonly<{ rawBody: string; value: unknown }>

/** @throws {CloudRefused} body_invalid */
export function readQuery({ url }: Asked): RawInput {
  return { rawBody: '', value: queryOf(url) }
}

/**
 * What is asked of a body before it is read.
 *
 * @returns the largest that is taken, bytes
 * @throws {CloudRefused} media_type_unsupported
 */
export function mayHaveBody(route: CloudRoute, asked: Asked): number {
  const type = asked.header('content-type') ?? ''
  if (type !== 'application/json' && !JSON_TYPE.test(type))
    cloudRefuse('media_type_unsupported', 'The body is not application/json.', NEXT_STEP)
  if (asked.header('content-encoding') !== undefined)
    cloudRefuse('media_type_unsupported', 'Packed bodies are not taken.', NEXT_STEP)
  return LARGEST_BODY[route.access === 'machine' ? 'machine' : 'usual']
}

/** @throws {CloudRefused} body_invalid */
export function readBody(rawBody: string): RawInput {
  try {
    return { rawBody, value: JSON.parse(rawBody) as unknown }
  } catch {
    return cloudRefuse('body_invalid', 'The body is not JSON.', NEXT_STEP)
  }
}

/** @throws {CloudRefused} user_id_required | body_invalid */
export function checkInput(route: CloudRoute, value: unknown): unknown {
  if (route.access === 'user' && !userIdIn(value))
    cloudRefuse('user_id_required', 'user_id is required.', 'Name the user: the first 12 hex digits of the MD5.')
  const parsed = route.input.safeParse(value)
  return parsed.success ? parsed.data : misfit(parsed.error)
}

function misfit(error: z.ZodError): never {
  const issue = error.issues[0]!
  const place = issue.path.map(shown).join('.')
  const text = issue.code === 'unrecognized_keys' ? `unknown key ${shown(issue.keys[0]!)}` : misfitText(issue)
  return cloudRefuse('body_invalid', `${place === '' ? 'The request' : place}: ${text}.`, NEXT_STEP)
}

/** A name out of the caller's own words, only where it looks like one of ours. */
function shown(name: PropertyKey): string {
  const text = String(name)
  return /^\w{1,40}$/.test(text) ? text : '…'
}

/** As the caller says it; '' where there is none. */
export function userIdIn(value: unknown): string {
  const { user_id: userId } = (typeof value === 'object' && value !== null ? value : {}) as { user_id?: unknown }
  return typeof userId === 'string' ? userId : ''
}

function queryOf(url: string): Record<string, string> {
  const at = url.indexOf('?')
  if (at === -1) return {}
  const query: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [name, value] of new URLSearchParams(url.slice(at))) {
    if (name in query) cloudRefuse('body_invalid', `${shown(name)} is given twice.`, NEXT_STEP)
    query[name] = value
  }
  return { ...query }
}
