import { createORPCClient } from '@orpc/client'
import { ResponseValidationPlugin } from '@orpc/contract/plugins'
import type { ContractRouterClient } from '@orpc/contract'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { launcherContract, SESSION_HEADER } from '../../src/contracts/launcher-api.ts'

/** What a call may bring along beside its input. */
export type CallContext = Readonly<{
  /** For a stream: called at its answer and at every piece of it, keep-alive comments included. */
  heard?: () => void
  /** For any other call: how long it may take, milliseconds. */
  timeoutMs?: number
}>

export type LauncherClient = ContractRouterClient<typeof launcherContract, CallContext>

export type LauncherClientOptions = Readonly<{
  /** Where the API is, e.g. `http://127.0.0.1:4711/api`. */
  url: string
  /** The page's half of the session; undefined where the door asks for none. */
  token: () => string | undefined
  /** The launcher does not know this token (any more). */
  onUnauthorized: (token: string | undefined) => void
  fetch?: (request: Request, init: RequestInit) => Promise<Response>
}>

const TIMEOUT_MS = 15_000

/** The launcher's API, typed by its contract. Answers are checked against it, so the page never shows half-read data. */
export function createLauncherClient(options: LauncherClientOptions): LauncherClient {
  const send = options.fetch ?? ((request, init) => globalThis.fetch(request, init))
  const link = new OpenAPILink<CallContext>(launcherContract, {
    url: options.url,
    headers: () => {
      const token = options.token()
      return token === undefined ? {} : { [SESSION_HEADER]: token }
    },
    fetch: async (request, init, { context }) => {
      const token = request.headers.get(SESSION_HEADER) ?? undefined
      const response = context.heard
        ? hearing(await send(request, init), context.heard)
        : await send(request, { ...init, signal: withTimeout(request.signal, context.timeoutMs ?? TIMEOUT_MS) })
      if (response.status === 401) options.onUnauthorized(token)
      return response
    },
    plugins: [new ResponseValidationPlugin(launcherContract)],
  })
  return createORPCClient<LauncherClient>(link)
}

function withTimeout(signal: AbortSignal, timeoutMs: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
}

/** The same answer, telling of every piece that arrives. */
function hearing(response: Response, heard: () => void): Response {
  heard()
  if (!response.body) return response
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, out) {
        heard()
        out.enqueue(piece)
      },
    }),
  )
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers })
}
