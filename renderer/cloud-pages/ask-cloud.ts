import type { z } from 'zod'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import { CloudFailure } from '../../src/contracts/cloud/failure.ts'
import { PAGE_HEADER } from '../../src/contracts/cloud/pages.ts'
import type { CloudRoute } from '../../src/contracts/cloud/route.ts'

const TIMEOUT_MS = 15_000

/** The cloud did not do what was asked, or can't be reached. */
export class CloudProblem extends Error {
  readonly why: RefusalShape
  constructor(why: RefusalShape) {
    super(why.message)
    this.name = 'CloudProblem'
    this.why = why
  }
}

const UNREACHABLE: RefusalShape = {
  code: 'unreachable',
  message: 'The server does not answer.',
  nextStep: 'Look whether it runs and whether this computer is online, then try again.',
}

const NOT_UNDERSTOOD: RefusalShape = {
  code: 'page-outdated',
  message: 'This page does not understand the answer of the server.',
  nextStep: 'Load the page again; it may be older than the server.',
}

export type AskCloud = typeof askCloud

/**
 * Asks the server that this page came from.
 *
 * @throws {CloudProblem} with what the server says, or why it says nothing
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
    throw new CloudProblem(UNREACHABLE)
  }
  if (!response.ok) {
    const failure = CloudFailure.safeParse(body)
    if (!failure.success) throw new CloudProblem(NOT_UNDERSTOOD)
    const { code, message, next_step: nextStep } = failure.data
    throw new CloudProblem({ code, message, nextStep })
  }
  const answer = route.output.safeParse(body)
  if (!answer.success) throw new CloudProblem(NOT_UNDERSTOOD)
  return answer.data
}

export function whyOf(error: unknown): RefusalShape {
  return error instanceof CloudProblem ? error.why : UNREACHABLE
}
