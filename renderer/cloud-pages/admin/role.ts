import type { PageSession } from '../../../src/contracts/cloud/pages.ts'

/** What an admin may do; the server decides by it. */
export type Role = Extract<PageSession, { kind: 'admin' }>['role']
