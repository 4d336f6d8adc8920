import { timingSafeEqual } from 'node:crypto'
import { findLicence, lockLicence, replaceKey, type LicenceRecord } from '../../../adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { newSecretKey } from '../../../adapters/cloud-db/secret-keys.ts'
import { transact } from '../../../adapters/cloud-db/transact.ts'
import type { LeaseSigner } from '../../../adapters/lease-keys/lease-signer.ts'
import { claimLicence, readClaimPage } from '../../../contracts/cloud/claim.ts'
import { licenceState } from '../../../domain/licence/judge-licence.ts'
import type { LinkOf } from '../../../domain/mail/mail.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { answers, cloudRefuse, type CloudHandler } from '../cloud-call.ts'
import { claimPage } from './claim-page.ts'
import { iso } from './licence-views.ts'

/** How long a bought licence waits for its buyer; then an admin makes the key. */
const CLAIM_MS = 30 * 86_400_000

type ClaimParts = Readonly<{ db: CloudDb; signer: Pick<LeaseSigner, 'claimMac'> }>

/**
 * How the key of a bought licence reaches its buyer: the mail has a link, and the key is made when the link is used, once.
 *
 * A key in the mail itself would lie in our database until it is sent, in every mail server on the way, and in the mailbox
 * for years; a sealed one would still do so in the mailbox. The link is no secret in the database either: it is made from
 * the licence's id and a secret of the server's key folder at the moment of sending. Who reads the mailbox first gets the
 * key, and the buyer sees that: the link then opens nothing, and an admin makes another key.
 */
export function claimHandlers({ db, signer }: ClaimParts): CloudHandler[] {
  return [
    answers(claimLicence, ({ now }, { claim }) => {
      const [id = '', mac = ''] = claim.split('.')
      const { key, hash, hint } = newSecretKey('slw_')
      return transact(
        db,
        async (trx) => {
          const licence = await lockLicence(trx, id)
          // The proof first: without it nobody learns whether there is such a licence.
          if (!isMac(signer.claimMac(claimNameOf(id, licence)), mac) || !licence || !isOpen(licence, now))
            return cloudRefuse(
              'license_invalid',
              'This link has been used, or is over.',
              'Ask whoever runs this server for another key.',
            )
          await replaceKey(trx, id, { hash, hint }, { actor: 'claim', at: now })
          const { userId, plan, expiresAt } = licence
          return { license_key: key, user_id: userId, plan, expires_at: expiresAt === null ? null : iso(expiresAt) }
        },
        'read committed',
      )
    }),
    answers(readClaimPage, () => claimPage()),
  ]
}

/**
 * The link of a mail; made when the mail is sent, from nothing that is stored.
 *
 * @param publicUrl where people reach this server; without it mails go without a link
 */
export function claimLinks({ db, signer }: ClaimParts, publicUrl: string | undefined, now: () => EpochMs): LinkOf {
  return async (id) => {
    const licence = publicUrl === undefined ? undefined : await findLicence(db, id)
    if (!licence || !isOpen(licence, now())) return undefined
    // Behind the #: a browser sends that to nobody, so it is in no log.
    return `${publicUrl}${readClaimPage.path}#${id}.${signer.claimMac(claimNameOf(id, licence))}`
  }
}

function isOpen(licence: LicenceRecord, now: EpochMs): boolean {
  const { keyHint, createdAt } = licence
  return keyHint === '' && now - createdAt < CLAIM_MS && licenceState(licence, now) === 'active'
}

function claimNameOf(id: string, licence: LicenceRecord | undefined): string {
  return `${id} ${licence?.createdAt ?? 0}`
}

function isMac(wanted: string, given: string): boolean {
  const [one, other] = [Buffer.from(wanted), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}
