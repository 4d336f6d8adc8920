import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setPriority } from 'node:os'
import { openPricingService, PRICING_RULES } from '../../src/adapters/pricing/pricing-service.ts'
import type { OptionQuestion } from '../../src/domain/options/option-pricing.ts'
import { priceOption } from '../../src/domain/options/price-option.ts'
import { questionOf } from '../support/option-questions.ts'
import { PRICING } from '../support/pricing-rig.ts'
import { repoRoot } from '../support/repo-root.ts'
import type { Figure } from './figure.ts'

export const name = 'pricing service'

const OPTIONS = 10_000
const CHAIN = 100
const ROUNDS = 21
const ASKED = 2_000

/**
 * What it costs to have option mathematics in a process of its own: a chain of a hundred options at a time, with all
 * Greeks, checked on the way back, against the same formulas called here.
 */
export async function run(): Promise<{ figures: Figure[] }> {
  const built = join(repoRoot, 'dist', 'pricing.cjs')
  const program = existsSync(built) ? { ...PRICING, entry: built, mayRead: [join(repoRoot, 'dist')] } : PRICING
  const failures: string[] = []
  const service = openPricingService({
    program,
    onDown: ({ text }) => failures.push(text),
    onBack: () => undefined,
    rules: { ...PRICING_RULES, deadlineMs: 10_000 },
  })
  const options = Array.from({ length: OPTIONS }, (_, i) =>
    questionOf({ strike: 60 + (i % 97), years: 0.05 + (i % 31) / 30 }),
  )
  const chains = Array.from({ length: OPTIONS / CHAIN }, (_, i) => options.slice(i * CHAIN, (i + 1) * CHAIN))
  try {
    await service.price(chains[0]!)
    raisePriority(service.state())
    const here: number[] = []
    const there: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      here.push(await timed(() => options.forEach((option) => void priceOption(option))))
      there.push(
        await timed(async () => {
          const replies = await Promise.all(chains.map((chain) => service.price(chain)))
          if (!replies.every(({ ok }) => ok)) throw new Error(failures.join('; '))
        }),
      )
    }
    const alone = await latencies(chains, (chain) => chain.forEach((option) => void priceOption(option)))
    const asked = await latencies(chains, async (chain) => {
      if (!(await service.price(chain)).ok) throw new Error(failures.join('; '))
    })
    const added = p99(asked) - p99(alone)
    return {
      figures: [
        {
          name: '10,000 option prices with Greeks through the service, against the same formulas in this process',
          value: median(there) / median(here),
          limit: 60,
          unit: 'x baseline',
          baseline: median(here),
          note: `${median(there).toFixed(1)} ms against ${median(here).toFixed(1)} ms, chains of ${CHAIN}; ${Math.round((OPTIONS / median(there)) * 1_000)} options a second`,
        },
        {
          name: 'what the service adds to the price of a chain of 100, p99, as a part of its deadline',
          value: added / PRICING_RULES.deadlineMs,
          limit: 0.1,
          unit: 'of the deadline',
          note: `${added.toFixed(2)} ms of ${PRICING_RULES.deadlineMs} ms; median ${(median(asked) - median(alone)).toFixed(2)} ms, of ${ASKED}`,
        },
        {
          name: 'a chain of 100 through the service, p99, against the same formulas in this process',
          value: p99(asked) / median(alone),
          limit: 400,
          unit: 'x baseline',
          baseline: median(alone),
          note: `p99 ${p99(asked).toFixed(2)} ms against a median of ${median(alone).toFixed(3)} ms`,
        },
      ],
    }
  } finally {
    service.close()
  }
}

/** The service steps back behind bots on purpose; a bench would measure who else is on the machine. */
function raisePriority(state: ReturnType<ReturnType<typeof openPricingService>['state']>): void {
  if (state.kind !== 'up') return
  try {
    setPriority(state.pid, 0)
  } catch {
    // Only a privileged user may take it back; the figures then hold for a process that waits.
  }
}

async function latencies(
  chains: readonly (readonly OptionQuestion[])[],
  work: (chain: readonly OptionQuestion[]) => void | Promise<void>,
): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < ASKED; i++) times.push(await timed(() => work(chains[i % chains.length]!)))
  return times
}

async function timed(work: () => void | Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

const sorted = (times: readonly number[]) => times.toSorted((a, b) => a - b)
const median = (times: readonly number[]) => sorted(times)[times.length >> 1]!
const p99 = (times: readonly number[]) => sorted(times)[Math.floor(times.length * 0.99)]!
