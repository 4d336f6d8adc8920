import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { PricingService } from '../../adapters/pricing/pricing-service.ts'
import type { CancelSignal } from '../../domain/cancel/cancel-signal.ts'
import type { OptionPricing, PricingReply } from '../../domain/options/pricing-port.ts'
import type { BotLog } from '../../engine/bot/bot-context.ts'
import { loadLate } from './load-late.ts'

export type BotPricing = OptionPricing &
  Readonly<{
    /** Why option decisions are held; undefined while they are not, and in a bot that makes none. */
    trouble: () => string | undefined
    close: () => void
  }>

/**
 * The bot's option mathematics. Nothing of it is loaded, and no process started, before the first question: most bots
 * trade no options.
 *
 * @param changed   something a watcher would like to know: the service went down, or is back
 * @param inHistory bars come as fast as they are taken: an answer may take longer
 */
export function openPricing(log: BotLog, changed: () => void, inHistory: boolean): BotPricing {
  let service: PricingService | undefined
  let loading: Promise<PricingService> | undefined
  let closed = false

  const load = async (): Promise<PricingService> => {
    const { openPricingService, PRICING_RULES, PRICING_RULES_IN_HISTORY } = await loadLate(
      () => import('../../adapters/pricing/pricing-service.ts'),
    )
    service = openPricingService({
      rules: inHistory ? PRICING_RULES_IN_HISTORY : PRICING_RULES,
      program: pricingProgram(import.meta.dirname),
      onDown: ({ code, text }) => {
        log.warn('pricing-down', text, { code })
        changed()
      },
      onBack: (downMs) => {
        log.info('pricing-back', `The pricing service is back after ${(downMs / 1_000).toFixed(1)} s`)
        changed()
      },
    })
    if (closed) service.close()
    return service
  }

  /** Always a reply, also where the service's own part of this program cannot be loaded. */
  const asked = async <T>(ask: (from: PricingService) => Promise<PricingReply<T>>): Promise<PricingReply<T>> => {
    if (service) return ask(service)
    let loaded: PricingService
    try {
      loaded = await (loading ??= load())
    } catch (error) {
      loading = undefined
      const why = error instanceof Error ? error.message : String(error)
      return { ok: false, reason: { code: 'pricing-crashed', text: `The pricing service could not be loaded: ${why}` } }
    }
    return ask(loaded)
  }

  return {
    price: (questions, signal?: CancelSignal) => asked((from) => from.price(questions, signal)),
    impliedVolatility: (questions, signal?: CancelSignal) => asked((from) => from.impliedVolatility(questions, signal)),
    checkShape: (question, signal?: CancelSignal) => asked((from) => from.checkShape(question, signal)),
    trouble: () => {
      const state = service?.state()
      return state?.kind === 'down' ? state.reason.text : undefined
    },
    close: () => {
      closed = true
      service?.close()
    },
  }
}

/** Beside the bot's own program, as that was built, or as it was written. */
function pricingProgram(folder: string) {
  const built = join(folder, 'pricing.cjs')
  const own = { node: process.execPath, env: process.env }
  if (existsSync(built)) return { ...own, entry: built }
  const root = join(folder, '..', '..', '..')
  return { ...own, entry: join(folder, '..', 'pricing', 'main.ts'), mayRead: [root] }
}
