import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EconomicEventName } from '../../src/domain/calendar/economic-event.ts'
import { repoRoot } from './repo-root.ts'

const FILES = { FOMC: 'fed', NFP: 'empsit', CPI: 'cpi', PPI: 'ppi' } as const satisfies Record<
  EconomicEventName,
  string
>

/** A page in the shape that its source has, with the dates of 2026 as they stood on 2026-11-19. */
export function pageOf(name: EconomicEventName): string {
  return readFileSync(join(repoRoot, 'test/fixtures/calendar', `${FILES[name]}.html`), 'utf8')
}

/** What a site says that does not like us. */
export function deniedPage(): string {
  return readFileSync(join(repoRoot, 'test/fixtures/calendar/denied.html'), 'utf8')
}

/** The list of all releases of one month: 2026-11 or 2026-12. */
export function monthPage(month: string): string {
  return readFileSync(join(repoRoot, 'test/fixtures/calendar', `bls-${month}.html`), 'utf8')
}
