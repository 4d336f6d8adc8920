import { startVenue } from '../../support/venue/start-venue.ts'
import { bundleMortalBot } from './bundle-mortal-bot.ts'
import type { CrashPoint } from './crash-points.ts'
import { marketPrice } from './gateway-account.ts'
import { planRound } from './round-plan.ts'
import { runRound, type RoundReport } from './run-round.ts'

export type RoundTotals = Readonly<{
  rounds: number
  duplicates: number
  lost: number
  naked: number
  /** Rounds that could not be brought to their end. */
  stuck: number
  kills: number
  /** How often the bot died at each kind of point. */
  byPoint: string
  /** Points that many rounds were to die at and none did: nothing is proven about them, or their labels have changed. */
  unreached: readonly string[]
}>

/** Rounds in which a point may be missed by chance, because the scenario does not pass it. */
const MISSED_BY_CHANCE = 12

/** Runs rounds `seed`, `seed + 1` …, some at once, each with a venue of its own. Says every finding and how to replay it. */
export async function driveRounds(drive: {
  rounds: number
  seed: number
  atOnce: number
  say: (line: string) => void
}): Promise<RoundTotals> {
  const { rounds, seed, say } = drive
  const bundle = await bundleMortalBot()
  const reports: RoundReport[] = []
  const points = new Map<string, { drawn: number; reached: number }>()
  let next = seed
  const worker = async () => {
    const venue = await startVenue(seed)
    try {
      for (let n = next++; n < seed + rounds; n = next++) {
        const plan = planRound(n)
        const report = await runRound({ venue, entry: bundle.entry, referencePx: marketPrice() }, plan)
        reports.push(report)
        count(points, plan.point, report)
        tell(report, n, say)
        if (reports.length % 100 === 0) say(`${reports.length} rounds done`)
      }
    } finally {
      await venue.close()
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(drive.atOnce, rounds) }, worker))
  } finally {
    bundle.remove()
  }
  const unreached = [...points].flatMap(([point, { drawn, reached }]) =>
    reached === 0 && drawn > MISSED_BY_CHANCE ? [`${point}, in ${drawn} rounds`] : [],
  )
  return { ...totalsOf(reports), unreached }
}

function count(
  points: Map<string, { drawn: number; reached: number }>,
  { id, title, at }: CrashPoint,
  { deaths: [first] }: RoundReport,
): void {
  const name = `${id} (${title})`
  const { drawn, reached } = points.get(name) ?? { drawn: 0, reached: 0 }
  const isReached = first !== undefined && new RegExp(at).test(first)
  points.set(name, { drawn: drawn + 1, reached: reached + (isReached ? 1 : 0) })
}

function tell({ plan, verdict, stuck, home, deaths }: RoundReport, seed: number, say: (line: string) => void): void {
  const findings = [
    ...verdict.duplicates.map((text) => `DUPLICATE ${text}`),
    ...verdict.lost.map((text) => `LOST ${text}`),
    ...verdict.naked.map((text) => `NAKED ${text}`),
    ...(stuck === undefined ? [] : [`STUCK ${stuck}`]),
  ]
  if (findings.length === 0) return
  say(plan)
  say(`  died at: ${deaths.join(', ') || 'nowhere'}`)
  for (const finding of findings) say(`  ${finding}`)
  say(`  left in ${home}; again: npm run fault -- --rounds 1 --seed ${seed}`)
}

function totalsOf(reports: readonly RoundReport[]): Omit<RoundTotals, 'unreached'> {
  const sum = (count: (report: RoundReport) => number) => reports.reduce((total, report) => total + count(report), 0)
  const points = new Map<string, number>()
  for (const { deaths } of reports)
    for (const label of deaths) {
      const kind = label.split(' ')[0]!.split(':').slice(0, 2).join(':')
      points.set(kind, (points.get(kind) ?? 0) + 1)
    }
  return {
    rounds: reports.length,
    duplicates: sum(({ verdict }) => verdict.duplicates.length),
    lost: sum(({ verdict }) => verdict.lost.length),
    naked: sum(({ verdict }) => verdict.naked.length),
    stuck: sum(({ stuck }) => (stuck === undefined ? 0 : 1)),
    kills: sum(({ deaths }) => deaths.length),
    byPoint: [...points]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([kind, n]) => `${kind} ${n}`)
      .join(', '),
  }
}
