/**
 * The bot as it is shipped, but that its strategy finds a setup at every bar: what has to be seen of an entry in real time
 * needs no wait for the market of the day.
 */
import type { Proposal, Strategy } from '../../src/domain/strategy/strategy.ts'
import { STRATEGIES } from '../../src/domain/strategy/index.ts'
import { ticks } from '../../src/domain/units/units.ts'

const prompt: Strategy = {
  ...{ id: 'vwap-bounce', title: 'Prompt', parameters: [] },
  open: () => ({
    onBar: (bar, session, { quantity, entryPending }): Proposal | undefined =>
      session && quantity === 0 && !entryPending
        ? {
            ...{ kind: 'enter', side: 'buy', stopPx: ticks(bar.close - 40), targetPx: ticks(bar.close + 40) },
            ...{ reasons: [{ code: 'prompt', text: 'there is a bar' }], features: { rsi: 20, volumeRatio: 2 } },
          }
        : undefined,
    snapshot: () => null,
    takeWarnings: () => [],
    indicators: () => undefined,
  }),
}
Object.assign(STRATEGIES, { 'vwap-bounce': prompt })

await import('../../src/apps/bot/main.ts')
