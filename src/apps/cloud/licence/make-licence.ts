import { insertLicence, type LicenceRecord, type LicenceSource } from '../../../adapters/cloud-db/licence-records.ts'
import { enqueueMail } from '../../../adapters/cloud-db/mail-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { newId, newSecretKey } from '../../../adapters/cloud-db/secret-keys.ts'
import { transact } from '../../../adapters/cloud-db/transact.ts'
import { newTerms } from '../../../domain/licence/new-licence.ts'
import { activationMail } from '../../../domain/mail/mail.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

export type WantedLicence = Parameters<typeof newTerms>[0] &
  Readonly<{
    email?: string | undefined
    source: LicenceSource
    /** Its user is told by mail that it is ready, where there is an address. */
    mail?: boolean | undefined
  }>

export type MadeLicence = Readonly<{
  licence: LicenceRecord
  key: string
  /** `queued`: whatever server sends the mails of this database sends it. */
  mail: 'queued' | 'none'
}>

/** Makes a licence. Its key is in this answer and nowhere else: the mail names its first characters. */
export async function makeLicence(
  db: CloudDb,
  wanted: WantedLicence,
  by: Readonly<{ actor: string; at: EpochMs }>,
): Promise<MadeLicence> {
  const { key, hash, hint } = newSecretKey('slw_')
  const { source, email = null, mail: isTold = false } = wanted
  const made = { id: newId('lic_'), keyHash: hash, keyHint: hint, email, source, subscriptionId: null }
  return await transact(db, async (trx) => {
    const licence = await insertLicence(trx, { ...newTerms(wanted, by.at), ...made }, by)
    if (!isTold || email === null) return { licence, key, mail: 'none' }
    const { id: licenceId, plan, keyHint, expiresAt } = licence
    const mail = activationMail(email, { licenceId, plan, keyHint, ...(expiresAt === null ? {} : { expiresAt }) })
    return { licence, key, mail: (await enqueueMail(trx, mail, by.at)) === 'bad-address' ? 'none' : 'queued' }
  })
}
