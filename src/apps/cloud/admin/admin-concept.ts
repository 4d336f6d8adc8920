import type { CloudConcept, CloudParts } from '../cloud-parts.ts'
import { adminHandlers } from './admin-handlers.ts'
import { findAdminOfKey } from './find-admin.ts'

/** Admins: their keys, and what they look at and change. */
export function adminConcept({ database: { db }, push }: Pick<CloudParts, 'database' | 'push'>): CloudConcept {
  return { handlers: adminHandlers({ db, push }), findAdmin: (header, now) => findAdminOfKey(db, header, now) }
}
