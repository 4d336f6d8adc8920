import type { z } from 'zod'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import { CloudFailure } from '../../src/contracts/cloud/failure.ts'
import { PAGE_HEADER } from '../../src/contracts/cloud/pages.ts'
import type { CloudRoute } from '../../src/contracts/cloud/route.ts'
import { Failed, pageOutdated } from '../failure/failed.ts'

const TIMEOUT_MS = 15_000

const UNREACHABLE: RefusalShape = {
  code: 'unreachable',
  message: 'The server does not answer.',
  nextStep: 'Look whether it runs and whether this computer is online, then try again.',
}

/**
 * Asks the server that this page came from.
 *
 * @throws {Failed} with what the server says, or why it says nothing
 */
export async function askCloud<In extends z.ZodType, Out extends z.ZodType>(
  route: CloudRoute<In, Out>,
  input: z.input<In>,
  signal?: AbortSignal,
): Promise<z.output<Out>> {
  const url = new URL(route.path, window.location.href)
  if (route.method === 'GET')
    for (const [name, value] of Object.entries(input as Record<string, unknown>))
      if (value !== undefined) url.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const headers: Record<string, string> = { [PAGE_HEADER]: '1' }
  if (route.method !== 'GET') headers['content-type'] = 'application/json'
  let response: Response
  let body: unknown
  try {
    response = await fetch(url, {
      method: route.method,
      headers,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(route.method === 'GET' ? {} : { body: JSON.stringify(input) }),
    })
    body = await response.json()
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Failed(UNREACHABLE)
  }
  if (!response.ok) {
    const failure = CloudFailure.safeParse(body)
    if (!failure.success) throw new Failed(pageOutdated('server'))
    const { code, message, next_step: nextStep } = failure.data
    throw new Failed({ code, message, nextStep })
  }
  const answer = route.output.safeParse(body)
  if (!answer.success) throw new Failed(pageOutdated('server'))
  return answer.data
}

/** What a failed question means to a person, and what to do next. */
export function whyOf(error: unknown): RefusalShape {
  return error instanceof Failed ? error.why : UNREACHABLE
}
