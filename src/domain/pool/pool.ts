import type { OpenIndex } from './cell-vectors.ts'
import { PoolCell } from './pool-cell.ts'
import { isSeed, USER_PREFIX, type PoolExperience, type PoolQuestion } from './pool-experience.ts'
import { FEWEST_SAMPLES, type PoolSettings } from './pool-settings.ts'

export type PoolCount = { count: number; wins: number; totalR: number }

export type PoolCounts = Readonly<{ signal: PoolCount; exit: PoolCount; seeded: number; contributors: number }>

/** What the pool says of a setup. Rates and R are rounded: three digits tell all there is. */
export type PoolAnswer = Readonly<{
  /** 0..1; 0.5 where it is neutral. */
  confidence: number
  isNeutral: boolean
  /**
   * Enough trades of people are behind it for a "no". What Slipway brought with it comes from generated markets: it may say
   * what it saw there, it does not keep anybody from a trade in a real one.
   */
  mayAdviseAgainst: boolean
  samples: number
  winRate: number | undefined
  expectedR: number | undefined
  /** A sentence. */
  reason: string
  stopMultiple: number | undefined
  targetMultiple: number | undefined
}>

export type CellHealth = Readonly<{ cell: string; size: number; contributors: number; odd: number; drift: number }>

/** A strategy that knows less than this of the names asked about is another one. */
const LEAST_KNOWN = 0.5

/**
 * The experiences of all, in memory. A fold: it takes them in the order of the database, and its answers depend on nothing
 * but which ones it has taken.
 */
export class Pool {
  readonly #settings: PoolSettings
  readonly #open: OpenIndex
  /** By class, side and kind, then by strategy. */
  readonly #cells = new Map<string, Map<string, PoolCell>>()
  readonly #contributors = new Map<string, number>()
  readonly #instruments = new Map<string, number>()
  readonly #counts = { signal: emptyCount(), exit: emptyCount() }
  #seeded = 0
  #people = 0

  constructor(settings: PoolSettings, open: OpenIndex) {
    this.#settings = settings
    this.#open = open
  }

  get size(): number {
    return this.#counts.signal.count + this.#counts.exit.count
  }

  get counts(): PoolCounts {
    return { ...this.#counts, seeded: this.#seeded, contributors: this.#people }
  }

  add(experience: PoolExperience): void {
    const { kind, contributor, r } = experience
    const cell = this.#cellOf(experience)
    if (!cell) return
    const seed = isSeed(contributor)
    if (!this.#contributors.has(contributor) && !seed) this.#people++
    const count = this.#counts[kind]
    count.count++
    count.totalR += r
    if (r > 0) count.wins++
    if (seed) this.#seeded++
    cell.add(experience, numberOf(this.#contributors, contributor), numberOf(this.#instruments, experience.symbol))
  }

  ask(question: PoolQuestion): PoolAnswer {
    const strategies = this.#cells.get(groupKey(question))
    const cell = strategies && cellFor(strategies, question)
    if (!cell) return neutral('nothing like it is in the pool', 0)
    const answer = cell.ask(question.features)
    if (answer.kind === 'neutral') return neutral(NEUTRAL_TEXT[answer.why](answer.samples), answer.samples)
    const { confidence, estimate, seeds, multiples } = answer
    const shown = {
      confidence: rounded(confidence),
      winRate: rounded(estimate.winRate),
      expectedR: rounded(estimate.meanR),
    }
    return {
      ...shown,
      isNeutral: false,
      mayAdviseAgainst: estimate.count - seeds >= FEWEST_SAMPLES,
      samples: estimate.count,
      reason: reasonOf(shown.winRate, shown.expectedR, estimate.count, seeds),
      stopMultiple: multiples?.stop,
      targetMultiple: multiples?.target,
    }
  }

  /** Cells by name, for an operator: how full they are, who is not heard, whether they drift. */
  health(): readonly CellHealth[] {
    return [...this.#cells].flatMap(([group, strategies]) =>
      [...strategies].map(([strategy, cell]) => {
        const { drift, odd, contributors } = cell.health
        return { cell: `${group} ${strategy}`, size: cell.size, contributors, odd, drift: rounded(drift) }
      }),
    )
  }

  /** Names of cells whose newest trades end otherwise than those before. */
  drifting(): readonly string[] {
    return [...this.#cells].flatMap(([group, strategies]) =>
      [...strategies].flatMap(([strategy, cell]) => (cell.health.drifts ? [`${group} ${strategy}`] : [])),
    )
  }

  close(): void {
    for (const strategies of this.#cells.values()) for (const cell of strategies.values()) cell.close()
    this.#cells.clear()
  }

  /**
   * A cell costs as much memory as hundreds of trades, and strategies are named at will: who has no licence begins none.
   * What he gave counts for nothing until somebody with one has traded the like.
   */
  #cellOf(experience: PoolExperience): PoolCell | undefined {
    const key = groupKey(experience)
    const known = this.#cells.get(key)?.get(experience.strategy)
    if (known) return known
    if (!this.#settings.trustsUnlicensed && experience.contributor.startsWith(USER_PREFIX)) return undefined
    const strategies = this.#cells.get(key) ?? new Map<string, PoolCell>()
    this.#cells.set(key, strategies)
    const cell = new PoolCell(this.#settings, this.#open, experience.kind === 'exit')
    strategies.set(experience.strategy, cell)
    return cell
  }
}

function groupKey({ kind, symbolClass, side }: Pick<PoolExperience, 'kind' | 'symbolClass' | 'side'>): string {
  return `${kind} ${symbolClass} ${side}`
}

/** The cell of the strategy that was named, or of the one whose features are named most like those asked about. */
function cellFor(strategies: ReadonlyMap<string, PoolCell>, question: PoolQuestion): PoolCell | undefined {
  if (question.strategy !== undefined) return strategies.get(question.strategy)
  const names = Object.keys(question.features)
  let best: PoolCell | undefined
  let most = 0
  for (const [, cell] of [...strategies].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const shared = names.filter((name) => cell.names.has(name)).length
    const alike = shared / (names.length + cell.names.size - shared)
    if (shared < names.length * LEAST_KNOWN || alike <= most) continue
    most = alike
    best = cell
  }
  return best
}

const NEUTRAL_TEXT = {
  few: (samples: number) => `${samples} trades are known of such a setup, 20 are needed`,
  'few-contributors': () => 'too few people have traded such a setup for what they saw to be told',
  unlike: () => 'no trade in the pool is like this one',
} as const

function neutral(why: string, samples: number): PoolAnswer {
  return {
    confidence: 0.5,
    isNeutral: true,
    mayAdviseAgainst: false,
    samples,
    winRate: undefined,
    expectedR: undefined,
    reason: `neutral: ${why}`,
    stopMultiple: undefined,
    targetMultiple: undefined,
  }
}

function reasonOf(winRate: number, expectedR: number, count: number, seeds: number): string {
  // Plain letters: with any other the whole answer would be written at half the speed.
  const r = `${expectedR < 0 ? '-' : '+'}${Math.abs(expectedR).toFixed(2)} R`
  const own =
    seeds === 0
      ? ''
      : seeds === count
        ? ", all in Slipway's own replays of generated markets, which keep nobody from a trade"
        : `, ${seeds} of them in Slipway's own replays of generated markets`
  return `of ${count} trades like it ${Math.round(winRate * 100)} % won, ${r} on average${own}`
}

function numberOf(numbers: Map<string, number>, name: string): number {
  let number = numbers.get(name)
  if (number === undefined) numbers.set(name, (number = numbers.size))
  return number
}

function emptyCount(): PoolCount {
  return { count: 0, wins: 0, totalR: 0 }
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
