import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRig, walkBars } from '../support/bot-rig.ts'
import { removeHome } from '../support/bot-fleet.ts'
import type { Figure } from './figure.ts'

export const name = 'a bar on its way to an order'

/** From handing a bar to the bot until the simulated broker has acknowledged the order it led to, everything durable. */
export async function run(): Promise<{ figures: Figure[] }> {
  const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  try {
    const times: number[] = []
    let barAt = 0
    const rig = openRig({
      home,
      bars: walkBars(6_000, 11),
      wrapBroker: (broker) => ({
        ...broker,
        submit: async (order) => {
          const reply = await broker.submit(order)
          if (order.purpose === 'entry') times.push(performance.now() - barAt)
          return reply
        },
      }),
      onBook: (book, ctx) => {
        const { run } = ctx
        const onBar = run.onBar.bind(run)
        // The strategy sees the bar first of all that decides: the clock starts there.
        run.onBar = (bar, session, position) => {
          barAt = performance.now()
          return onBar(bar, session, position)
        }
        void book
      },
    })
    await rig.run()
    await rig.close()
    const sorted = times.slice(50).toSorted((a, b) => a - b)
    const at = (share: number) => sorted[Math.floor(sorted.length * share)]!
    return {
      figures: [
        {
          name: 'bar → decision → durable intent → acknowledged, p99',
          value: at(0.99),
          limit: 5,
          unit: 'ms',
          note: `p50 ${at(0.5).toFixed(2)} ms over ${sorted.length} orders`,
        },
      ],
    }
  } finally {
    removeHome(home)
  }
}
