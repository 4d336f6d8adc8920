import { insertLicence, type LicenceRecord, type LicenceSource } from '../../../adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { newId, newSecretKey } from '../../../adapters/cloud-db/secret-keys.ts'
import { transact } from '../../../adapters/cloud-db/transact.ts'
import { newTerms } from '../../../domain/licence/new-licence.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

export type WantedLicence = Parameters<typeof newTerms>[0] &
  Readonly<{ email?: string | undefined; source: LicenceSource }>

/** Makes a licence. Its key is in this answer and nowhere else. */
export async function makeLicence(
  db: CloudDb,
  wanted: WantedLicence,
  by: Readonly<{ actor: string; at: EpochMs }>,
): Promise<Readonly<{ licence: LicenceRecord; key: string }>> {
  const { key, hash, hint } = newSecretKey('slw_')
  const { source, email = null } = wanted
  const made = { id: newId('lic_'), keyHash: hash, keyHint: hint, email, source, subscriptionId: null }
  const licence = await transact(db, (trx) => insertLicence(trx, { ...newTerms(wanted, by.at), ...made }, by))
  return { licence, key }
}
