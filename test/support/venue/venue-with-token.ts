import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningSlipway } from '../running-slipway.ts'
import { startVenue, type VenueProcess } from './start-venue.ts'

/** A venue that asks for a token, which is in `tokenFile`. */
export type VenueWithToken = VenueProcess & { tokenFile: string }

/** A fixture of Playwright: such a venue beside a launcher, gone when the test is over. */
export function venueWithToken(settings: Parameters<typeof startVenue>[1] & { token: string }) {
  return async (
    { slipway }: { slipway: RunningSlipway },
    run: (venue: VenueWithToken) => Promise<void>,
  ): Promise<void> => {
    const venue = await startVenue(3, settings)
    const tokenFile = join(slipway.home, 'venue.token')
    writeFileSync(tokenFile, `${settings.token}\n`, { mode: 0o600 })
    try {
      await run({ ...venue, tokenFile })
    } finally {
      // A bot's last words go to a venue that still listens.
      await slipway.slipway('stop', '--all').catch(() => undefined)
      await venue.close()
    }
  }
}
