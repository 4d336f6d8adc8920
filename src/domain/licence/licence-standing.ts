import type { EpochMs } from '../units/units.ts'
import { graceStep, type GraceRung } from './grace-ladder.ts'
import type { Lease } from './lease.ts'
import type { LicenceVerdict } from './licence.ts'
import type { TrustedTime } from './trusted-clock.ts'

/** A server's no: it binds until the server says yes again, whatever lease is at hand. */
export type LicenceRefusal = Readonly<{ code: string; message: string; nextStep: string }>

/** What a live bot knows of its licence. */
export type LicenceStanding = Readonly<{
  /** The newest genuine lease for this device and account. */
  lease: Lease | undefined
  refused: LicenceRefusal | undefined
  /** Why the server could not be asked; undefined when the last try went well, and before the first. */
  trouble: string | undefined
  hasKey: boolean
}>

/** Where a licence stands, for the rules and for people. */
export type LicenceView = Readonly<{
  verdict: LicenceVerdict
  /** Why there are no entries; the server's own word where it said no. */
  code: string
  rung: GraceRung | 'refused' | 'missing'
  /** When the next rung begins. */
  until: EpochMs | undefined
  /** A sentence; said without being asked where `isSaid`. */
  text: string
  isSaid: boolean
}>

/** What the licence allows now: the server's no first, then the ladder by the lease's age. */
export function viewLicence({ lease, refused, trouble, hasKey }: LicenceStanding, time: TrustedTime): LicenceView {
  if (refused) return { ...closed('refused', refused.message, refused.nextStep), code: refused.code }
  if (!lease && !hasKey)
    return closed('missing', 'Live trading needs a licence, and this bot was given none.', SET_KEY, 'licence-missing')
  if (!lease) {
    if (trouble === undefined)
      return { ...closed('missing', 'The licence of this account is being asked for.', WAIT), isSaid: false }
    return closed('missing', `This account has no licence yet: ${trouble.replace(/\.$/, '')}.`, WAIT)
  }
  const step = graceStep(lease, time.nowMs)
  const { rung, until, isSaid } = step
  if (!step.entries)
    return closed(
      'ended',
      `The licence was last confirmed on ${day(lease.iat)} and has run out${because(trouble)}.`,
      REACH,
    )
  const open = (text: string): LicenceView => ({ verdict: ALLOWED, code: '', rung, until, text, isSaid })
  const ends = day(step.entriesUntil / 1_000)
  if (time.isFrozen)
    return {
      ...open(
        'The clock of this computer is behind the time that the cloud has told; entries go on, and the licence is asked for anew.',
      ),
      isSaid: true,
    }
  if (rung === 'warn')
    return open(
      `The licence was last confirmed on ${day(lease.iat)}${because(trouble)}: no entries after ${ends}. ${REACH}`,
    )
  return open(`Licence ${lease.plan}, confirmed on ${day(lease.iat)}; without the cloud entries go on until ${ends}.`)
}

const ALLOWED: LicenceVerdict = Object.freeze({ entries: 'allowed' })
const SET_KEY = 'Store one with: slipway licence set; or open the vault: slipway vault unlock. Then restart the bot.'
const WAIT = 'Exits go on. It is asked for again by itself; see: slipway cloud status'
const REACH = 'See that this computer reaches its cloud: slipway cloud status'

function closed(rung: LicenceView['rung'], message: string, nextStep: string, code = 'licence-refused'): LicenceView {
  const verdict: LicenceVerdict = { entries: 'refused', code, message: `${message} ${nextStep}`, nextStep }
  return { verdict, code, rung, until: undefined, text: `${message} ${nextStep}`, isSaid: true }
}

function because(trouble: string | undefined): string {
  return trouble === undefined ? '' : ` (${trouble.replace(/\.$/, '')})`
}

function day(epochSeconds: number): string {
  return `${new Date(epochSeconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
