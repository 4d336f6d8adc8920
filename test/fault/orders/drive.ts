import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { driveRounds } from './drive-rounds.ts'

/**
 * `npm run fault -- --rounds N [--seed S] [--at-once K]`: kills real bots while they order at a venue, and holds their
 * books against the venue's. Ends with 0 only when nothing was doubled, nothing lost and nothing left without its stop.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      'at-once': { type: 'string', default: '6' },
    },
  })
  const [rounds, seed, atOnce] = [values.rounds, values.seed, values['at-once']].map((text) => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < 1) throw new Error(`${text} is no whole number above 0`)
    return value
  }) as [number, number, number]
  const began = performance.now()
  const total = await driveRounds({ rounds, seed, atOnce, say: (line) => process.stdout.write(`${line}\n`) })
  const minutes = ((performance.now() - began) / 60_000).toFixed(1)
  process.stdout.write(`kills ${total.kills} in ${minutes} minutes; by point: ${total.byPoint}\n`)
  for (const point of total.unreached) process.stdout.write(`never reached: point ${point}\n`)
  process.stdout.write(
    `rounds ${total.rounds}, duplicates ${total.duplicates}, lost ${total.lost}, naked ${total.naked}\n`,
  )
  return total.duplicates + total.lost + total.naked + total.stuck === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`fault: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
