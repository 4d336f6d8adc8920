import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repoRoot } from '../../support/repo-root.ts'

/** In a process of its own, because a zone belongs to a whole process. */
const PROGRAM = `
  const { liveInZone } = await import(process.argv[1])
  const { intlOffsets } = await import(process.argv[2])
  const zone = process.argv[3]
  const [own, intl] = [liveInZone(zone)(zone), intlOffsets(zone)]
  const differ = []
  // Every six hours of twenty years: no change of a clock hides between two of them for longer.
  for (let at = Date.UTC(2010, 0, 1); at < Date.UTC(2030, 0, 1); at += 21600000) if (own(at) !== intl(at)) differ.push(at)
  const other = liveInZone(zone)('Europe/Berlin')(Date.UTC(2026, 6, 1)) === 7200000
  console.log(JSON.stringify({ differ, other }))
`

describe('the zone a process lives in', () => {
  it.each(['America/Chicago', 'America/New_York', 'Asia/Kolkata', 'Australia/Sydney', 'UTC'])(
    'has the offsets that Intl has, in %s, and asks Intl about the others',
    (zone) => {
      const modules = ['src/adapters/clock/process-zone.ts', 'src/domain/calendar/wall-time.ts'].map((file) =>
        join(repoRoot, file),
      )
      const args = ['--input-type=module', '-e', PROGRAM, ...modules, zone]
      expect(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))).toEqual({
        differ: [],
        other: true,
      })
    },
  )
})
