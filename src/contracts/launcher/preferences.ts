import { z } from 'zod'
import { api } from './procedure.ts'

/** What the page looks like and what it tells of. One set per home folder, so that every face shows the same. */
export const Preferences = z.object({
  /** `auto` follows the system. */
  theme: z.enum(['auto', 'light', 'dark']).catch('auto'),
  /** In which zone times are shown; `exchange` is the zone of the instrument, UTC where there is none. */
  zone: z.enum(['utc', 'local', 'exchange']).catch('utc'),
  /** How numbers are written: 1,234.56 · 1.234,56 · 1 234,56 · 1’234.56 · 12,34,567.89 */
  numbers: z.enum(['comma', 'point', 'space', 'apostrophe', 'indian']).catch('comma'),
  /** What the desktop app pops up about. */
  notifications: z
    .object({
      crashed: z.boolean().catch(true),
      blind: z.boolean().catch(true),
      lossLimit: z.boolean().catch(true),
      killSwitch: z.boolean().catch(true),
    })
    .catch({ crashed: true, blind: true, lossLimit: true, killSwitch: true }),
})
export type Preferences = z.output<typeof Preferences>

export const DEFAULT_PREFERENCES: Preferences = Preferences.parse({})

/** A change names only what it changes; anything else in it is refused. */
export const PreferencesChange = z
  .strictObject({
    theme: z.enum(['auto', 'light', 'dark']),
    zone: z.enum(['utc', 'local', 'exchange']),
    numbers: z.enum(['comma', 'point', 'space', 'apostrophe', 'indian']),
    notifications: z
      .strictObject({ crashed: z.boolean(), blind: z.boolean(), lossLimit: z.boolean(), killSwitch: z.boolean() })
      .partial(),
  })
  .partial()
export type PreferencesChange = z.output<typeof PreferencesChange>

export const preferenceProcedures = {
  read: api.route({ method: 'GET', path: '/preferences', summary: 'How the page looks' }).output(Preferences),
  change: api
    .route({ method: 'PATCH', path: '/preferences', summary: 'Change how the page looks' })
    .input(PreferencesChange)
    .output(Preferences),
}
