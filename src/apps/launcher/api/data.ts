import { listSeries, openMarketDb } from '../../../adapters/market-data/market-db.ts'
import { GeneratedBars } from '../../../contracts/launcher/data.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { runCommand } from '../run-command.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** Bars: which there are, and made-up ones. Making them takes seconds, so a process of its own does it. */
export function dataHandlers(api: Implementer, parts: ApiParts) {
  const { layout } = parts
  let running: string | undefined
  return {
    list: api.data.list.handler(() => {
      const db = openMarketDb(layout, 'read')
      try {
        return listSeries(db).map(({ from, to, importedAt, ...rest }) => ({
          ...rest,
          from: from === null ? null : new Date(from).toISOString(),
          to: to === null ? null : new Date(to).toISOString(),
          importedAt: new Date(importedAt).toISOString(),
        }))
      } finally {
        db.close()
      }
    }),
    generate: api.data.generate.handler(async ({ input: { symbol, days, seed } }) => {
      if (running !== undefined)
        refuse('bad-usage', `Bars of ${running} are being made just now.`, 'Wait until they are done.')
      running = symbol
      try {
        const { program } = parts.killSwitch
        const args = ['data', 'generate', '--symbol', symbol, '--days', String(days), '--seed', String(seed)]
        return GeneratedBars.parse(await runCommand(program, layout.root, args))
      } finally {
        running = undefined
      }
    }),
  }
}
