import { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import { SessionAnswer } from '../../src/contracts/launcher-api.ts'
import { unreachable } from '../launcher/describe-failure.ts'
import { isDesktopWindow } from '../page/desktop-window.ts'

/** Where this page stands with the launcher. */
export type SessionState =
  | { readonly kind: 'opening' }
  /** Without a token where the door asks for none, as in the desktop window. */
  | { readonly kind: 'open'; readonly token: string | undefined }
  /** The code could not be brought to the launcher; it is still good. */
  | { readonly kind: 'not-reached'; readonly why: RefusalShape }
  | { readonly kind: 'ended'; readonly why: RefusalShape }

export type SessionContext = Readonly<{
  /** Takes a one-time code out of the address, so that neither history nor a bookmark keeps it. */
  takeCode: () => string | undefined
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** POST /api/session. */
  exchange: (code: string) => Promise<Response>
  /** Other pages of this browser: the cookie of a new session replaces theirs, so they take its token too. */
  peers: Pick<BroadcastChannel, 'postMessage' | 'onmessage'>
}>

export type Session = Readonly<{
  get: () => SessionState
  subscribe: (listener: () => void) => () => void
  /** Looks for a code in the address again. */
  addressChanged: () => void
  tryAgain: () => void
  /** The launcher does not know `token`; another one, taken over meanwhile, stays. */
  refused: (token: string | undefined) => void
}>

const STORED = 'slipway-session'

function ended(): RefusalShape {
  return {
    code: 'unauthorized',
    message: "This page's session has ended. Bots go on trading; nothing was stopped.",
    nextStep: isDesktopWindow()
      ? 'Choose in the menu: Bots → Start the launcher, then View → Reload'
      : 'Open a new page with: npx slipway open',
  }
}

/** Opens the session of this page: from the one-time code in its address, or from the token of an earlier load. */
export function openSession(ctx: SessionContext): Session {
  const listeners = new Set<() => void>()
  let state: SessionState = { kind: 'opening' }
  let code: string | undefined

  function become(next: SessionState): void {
    state = next
    for (const listener of listeners) listener()
  }

  function openWithStored(): void {
    become({ kind: 'open', token: ctx.storage.getItem(STORED) ?? undefined })
  }

  function take(token: string): void {
    ctx.storage.setItem(STORED, token)
    become({ kind: 'open', token })
  }

  async function exchange(): Promise<void> {
    if (code === undefined) return openWithStored()
    const offered = code
    become({ kind: 'opening' })
    const outcome = await exchanged(ctx, offered)
    if (code !== offered) return
    if (outcome.kind === 'not-reached') return become(outcome)
    code = undefined
    if (outcome.kind === 'opened') {
      ctx.peers.postMessage({ token: outcome.token })
      return take(outcome.token)
    }
    // A page that is loaded again still has its old code in some histories; its session may be as good as ever.
    if (ctx.storage.getItem(STORED) !== null) return openWithStored()
    become({ kind: 'ended', why: outcome.why })
  }

  function addressChanged(): void {
    const found = ctx.takeCode()
    if (found === undefined) return
    code = found
    void exchange()
  }

  ctx.peers.onmessage = (event: MessageEvent) => {
    const told = SessionAnswer.safeParse(event.data)
    if (told.success && state.kind !== 'opening') take(told.data.token)
  }
  code = ctx.takeCode()
  void exchange()

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    addressChanged,
    tryAgain: () => void exchange(),
    refused(token) {
      if (state.kind !== 'open' || state.token !== token) return
      ctx.storage.removeItem(STORED)
      become({ kind: 'ended', why: ended() })
    },
  }
}

type Exchanged =
  | { readonly kind: 'opened'; readonly token: string }
  | { readonly kind: 'wrong'; readonly why: RefusalShape }
  | { readonly kind: 'not-reached'; readonly why: RefusalShape }

async function exchanged(ctx: SessionContext, code: string): Promise<Exchanged> {
  let response: Response
  let body: unknown
  try {
    response = await ctx.exchange(code)
    body = await response.json()
  } catch {
    return { kind: 'not-reached', why: unreachable() }
  }
  const answer = SessionAnswer.safeParse(body)
  if (response.ok && answer.success) return { kind: 'opened', token: answer.data.token }
  const refused = RefusalShape.safeParse((body as { data?: unknown } | null)?.data)
  const why = refused.success ? refused.data : unreachable()
  return { kind: response.status === 401 ? 'wrong' : 'not-reached', why }
}
