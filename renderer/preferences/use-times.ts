import { isInstrument, resolveInstrument } from '../../src/domain/instrument/catalogue.ts'
import type { Preferences } from '../../src/contracts/launcher/preferences.ts'
import { timesIn, type Times } from '../format/zoned-times.ts'
import { useMemo } from 'react'
import { usePreferences } from './preferences-context.tsx'

/**
 * Times in the zone somebody chose.
 *
 * @param symbol whose exchange is meant by `exchange`; UTC where there is none. Of several, separated by commas, the first.
 */
export function useTimes(symbol?: string): Times {
  const { zone } = usePreferences().preferences
  return useMemo(() => timesFor(zone, symbol), [zone, symbol])
}

export function timesFor(choice: Preferences['zone'], symbol: string | undefined): Times {
  switch (choice) {
    case 'utc':
      return timesIn('UTC', 'UTC')
    case 'local':
      return timesIn(new Intl.DateTimeFormat().resolvedOptions().timeZone, 'local')
    case 'exchange': {
      const zone = zoneOf(symbol?.split(',')[0]?.trim())
      return timesIn(zone, zone.split('/').at(-1)!.replaceAll('_', ' '))
    }
  }
}

function zoneOf(symbol: string | undefined): string {
  const instrument = symbol ? resolveInstrument(symbol) : undefined
  return instrument && isInstrument(instrument) ? instrument.session.zone : 'UTC'
}
