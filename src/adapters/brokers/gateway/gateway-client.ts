import type { ZodType } from 'zod'
import type { BrokerFailure } from '../../../domain/broker/broker-failure.ts'
import type { BrokerCapabilities, Reply } from '../../../domain/broker/broker.ts'
import { refusal, type Refusal } from '../../../domain/failure/refusal.ts'
import type { ClientOrderId } from '../../../domain/order/order.ts'
import { comeToTerms, NO_CAPABILITIES, type AccountNamed, type WantedTerms } from './agree-terms.ts'
import { openGatewayCalls, type CallOutcome, type GatewayAddress, type GatewayCall } from './call-gateway.ts'
import { Unreadable } from './from-wire.ts'
import { openRequestQueue, type Urgency } from './request-queue.ts'
import { NOTHING_TO_REDUCE, WireCapabilities } from './wire.ts'

export type GatewayClientContext = Readonly<{
  address: GatewayAddress
  wanted: WantedTerms
  /** Told which account the gateway has opened, before anything else is asked. @returns why it is not ours: nothing is asked then, ever */
  recognise: (named: AccountNamed) => Refusal | undefined
  /** Longest time one call may take, waiting for its turn included, milliseconds. */
  timeoutMs: number
  /** Monotonic milliseconds. */
  elapsed: () => number
  trouble: (event: string, message: string) => void
}>

/** A request, how urgent it is, and what is made of its answer. */
export type Question<T> = Readonly<{
  urgency: Urgency
  call: GatewayCall
  /** @throws {Unreadable} the answer can't be true */
  read: (body: unknown) => T
  /** Of an error that is an answer all the same; undefined leaves it an error. @throws {Unreadable} */
  readRefusal?: (status: number, body: unknown) => Readonly<{ value: T }> | undefined
}>

export type GatewayClient = Readonly<{
  capabilities(): BrokerCapabilities
  /** Asks for what may be asked again: no answer is 'disconnected'. */
  ask<T>(question: Question<T>): Promise<Reply<T>>
  /** Asks for a change: unless it surely never left, no answer is 'unknown-outcome'. */
  change<T>(id: ClientOrderId, question: Question<T>): Promise<Reply<T>>
  /** Comes to terms with the gateway. @returns why that is not possible for good; undefined when done, or when it can't be asked now */
  agree(): Promise<Refusal | undefined>
  /** True while it is known whose gateway answers. */
  isAgreed(): boolean
  /** The gateway may be another one now: its terms are asked for before the next call. */
  agreeAnew(): void
  close(): void
}>

type Lost = Exclude<CallOutcome, { kind: 'done' }>

/** Calls to one gateway: in turn, in time, on agreed terms, and each with a definite or honestly unknown end. */
export function openGatewayClient(ctx: GatewayClientContext): GatewayClient {
  const calls = openGatewayCalls(ctx.address)
  const queue = openRequestQueue(ctx.elapsed)
  const closing = new AbortController()
  let capabilities = NO_CAPABILITIES
  let noTerms: Refusal | undefined
  let isForeign = false
  let agreed = false
  /** Counts the times at which the gateway may have become another one: an answer of before says nothing. */
  let era = 0
  let agreeing: Promise<Lost | undefined> | undefined
  let lastTrouble = ''

  function trouble(event: string, message: string): void {
    if (message === lastTrouble) return
    lastTrouble = message
    ctx.trouble(event, message)
  }

  async function send(urgency: Urgency, request: GatewayCall): Promise<CallOutcome> {
    const ending = new AbortController()
    const end = () => ending.abort()
    const timer = setTimeout(end, ctx.timeoutMs)
    const deadline = ctx.elapsed() + ctx.timeoutMs
    closing.signal.addEventListener('abort', end)
    if (closing.signal.aborted) end()
    try {
      for (;;) {
        // A pause that outlasts the call is told at once, not after the call's time.
        if (ctx.elapsed() + queue.pauseLeft() >= deadline) return { kind: 'limited', retryAfterMs: queue.pauseLeft() }
        const outcome = await queue.run(urgency, ending.signal, () => calls.call(request, ending.signal))
        if (outcome === undefined) return { kind: 'unsent', why: 'its turn did not come in time' }
        // Not looked at, says the protocol: to send it again is to send it for the first time.
        if (outcome.kind !== 'limited') return outcome
        queue.pauseFor(outcome.retryAfterMs)
        trouble('gateway-slow-down', `The gateway asks for ${outcome.retryAfterMs} ms without calls`)
      }
    } finally {
      clearTimeout(timer)
      closing.signal.removeEventListener('abort', end)
    }
  }

  async function askTerms(): Promise<Lost | undefined> {
    if (isForeign && noTerms) return barred(noTerms)
    const asked = era
    const outcome = await send('protect', { method: 'GET', path: '/v1/capabilities' })
    if (outcome.kind !== 'done') {
      if (outcome.kind === 'refused') noTerms = refusedByGateway(ctx.wanted, outcome)
      return outcome
    }
    const offered = WireCapabilities.safeParse(outcome.body)
    if (!offered.success) return { kind: 'lost', why: `capabilities: ${offered.error.issues[0]?.message}` }
    const terms = comeToTerms(offered.data, ctx.wanted)
    noTerms = 'code' in terms ? terms : ctx.recognise(terms)
    isForeign = !('code' in terms) && noTerms !== undefined
    if (noTerms) return barred(noTerms)
    capabilities = offered.data.capabilities
    queue.setPace(offered.data.limits.requestsPerSecond)
    agreed = era === asked
    return undefined
  }

  async function onTerms(): Promise<Lost | undefined> {
    while (!agreed) {
      agreeing ??= askTerms().finally(() => (agreeing = undefined))
      const lost = await agreeing
      if (lost) return lost
    }
    return undefined
  }

  async function outcomeOf<T>(question: Question<T>, lost: () => BrokerFailure, id?: ClientOrderId): Promise<Reply<T>> {
    const { urgency, call } = question
    const noWay = await onTerms()
    const outcome: CallOutcome = noWay ? unsentFor(noWay) : await send(urgency, call)
    const failed = (failure: BrokerFailure, why: string): Reply<T> => {
      trouble('gateway-call-failed', `${call.method} ${call.path}: ${why}`)
      return { ok: false, failure }
    }
    try {
      switch (outcome.kind) {
        case 'done':
          lastTrouble = ''
          return { ok: true, value: question.read(outcome.body) }
        case 'limited':
          return { ok: false, failure: { kind: 'rate-limited', retryAfterMs: outcome.retryAfterMs } }
        case 'unsent':
          return failed({ kind: 'disconnected' }, outcome.why)
        case 'lost':
          return failed(lost(), outcome.why)
        case 'refused': {
          const { status, code, message } = outcome
          const answer = question.readRefusal?.(status, outcome.body)
          if (answer) return { ok: true, value: answer.value }
          if (status === 400 || status === 422) {
            const nothingToReduce = code === NOTHING_TO_REDUCE ? { nothingToReduce: true } : {}
            return { ok: false, failure: { kind: 'rejected', reason: message, ...nothingToReduce } }
          }
          if (status === 401 || status === 403) return failed({ kind: 'unauthorized' }, `${status} ${message}`)
          if (status === 404 && id !== undefined)
            return { ok: false, failure: { kind: 'order-unknown', clientOrderId: id } }
          return failed(lost(), `${status} ${message}`)
        }
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      return failed(lost(), error.message)
    }
  }

  return {
    capabilities: () => capabilities,
    ask: (question) => outcomeOf(question, () => ({ kind: 'disconnected' })),
    change: (id, question) =>
      outcomeOf(
        question,
        () => ({ kind: 'unknown-outcome', clientOrderId: id }),
        question.call.method === 'POST' ? undefined : id,
      ),
    async agree() {
      await onTerms()
      return noTerms
    },
    isAgreed: () => agreed,
    agreeAnew() {
      agreed = false
      era++
    },
    close() {
      closing.abort()
      calls.close()
    },
  }
}

/** Without terms nothing of the call itself was sent. What is not there, or there already, is not the order then. */
function unsentFor(outcome: Lost): CallOutcome {
  if (outcome.kind === 'refused' && (outcome.status === 404 || outcome.status === 409))
    return { kind: 'unsent', why: `${outcome.status} ${outcome.message}` }
  return outcome.kind === 'lost' ? { kind: 'unsent', why: outcome.why } : outcome
}

function barred({ code, message }: Refusal): Lost {
  return { kind: 'refused', status: 403, code, message, body: undefined }
}

function refusedByGateway(
  { url, accountId }: WantedTerms,
  { status, message }: Extract<Lost, { kind: 'refused' }>,
): Refusal {
  return refusal(
    'broker-refused',
    `The gateway ${url} refused us (${status}): ${message}.`,
    status === 401 || status === 403
      ? `Put a token that is valid there into the vault (slipway vault set ${accountId} token), or into the file that gateway.tokenFile names.`
      : 'Check gateway.url and gateway.account.',
  )
}

/** An answer as its schema has it. @throws {Unreadable} it is something else */
export function parse<T>(schema: ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new Unreadable(`an answer with a wrong ${issue?.path.join('.') || 'shape'}: ${issue?.message}`)
}
