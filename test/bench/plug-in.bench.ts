import { join } from 'node:path'
import { loadPlugIn } from '../../src/adapters/strategy-host/load-plug-in.ts'
import type { StrategyRun } from '../../src/domain/strategy/strategy.ts'
import { durationMs } from '../../src/domain/units/units.ts'
import { FLAT } from '../../src/engine/strategy-check/pretend-account.ts'
import { RIG_INSTRUMENT, rigSession, walkBars } from '../support/bot-rig.ts'
import { repoRoot } from '../support/repo-root.ts'
import type { Figure } from './figure.ts'

export const name = 'A strategy of the user in a thread of its own'

const BARS = 100_000

/** Microseconds for a bar, the best of three passes. */
function perBar(open: () => StrategyRun): number {
  const bars = walkBars(BARS, 7)
  let best = Infinity
  for (let pass = 0; pass < 3; pass++) {
    const run = open()
    const began = performance.now()
    for (const bar of bars) run.onBar(bar, rigSession(bar.time), FLAT)
    best = Math.min(best, ((performance.now() - began) * 1_000) / BARS)
    const halted = run.halted?.()
    if (halted) throw new Error(halted.text)
  }
  return best
}

/** The same strategy on the same bars, in the bot's own thread and behind the wall. */
export async function run(): Promise<{ figures: Figure[] }> {
  const example = join(repoRoot, 'resources', 'examples', 'strategies', 'ma-cross.ts')
  const { default: strategy } = (await import(example)) as {
    default: { parameters: { name: string; default: number }[]; open: (setup: object) => StrategyRun }
  }
  const parameters = Object.fromEntries(strategy.parameters.map((spec) => [spec.name, spec.default]))
  const setup = { instrument: RIG_INSTRUMENT, timeframeMs: durationMs(60_000), parameters }
  const inside = perBar(() => strategy.open(setup))
  const began = performance.now()
  const ears = { onOutput: () => undefined, onStopped: () => undefined }
  const program = join(repoRoot, 'src', 'apps', 'plugin', 'main.ts')
  const plugIn = loadPlugIn(program, { entry: example, id: undefined }, ears)
  if ('code' in plugIn) throw new Error(plugIn.message)
  const loading = performance.now() - began
  const behind = perBar(() => plugIn.strategy.open(setup))
  await plugIn.close()
  return {
    figures: [
      {
        name: 'a bar through a plug-in',
        unit: 'µs',
        value: behind,
        limit: 50,
        baseline: inside,
        note: `${(behind / inside).toFixed(0)}× the same code in the bot's own thread`,
      },
      { name: 'loading a plug-in', unit: 'ms', value: loading, limit: 1_000 },
    ],
  }
}
