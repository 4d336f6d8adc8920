import type { ExperienceTables } from './experience-tables.ts'
import type { LicenceTables } from './licence-tables.ts'
import type { CalendarTables } from './calendar-tables.ts'
import type { AdminTables } from './admin-tables.ts'
import type { DutyTables } from './duty-tables.ts'
import type { MailTables } from './mail-tables.ts'
import type { SignalTables } from './signal-tables.ts'

/** Every table of the cloud. Times are epoch milliseconds (bigint in PostgreSQL), truths are 0 and 1, documents are JSON texts. */
export interface CloudTables
  extends LicenceTables, ExperienceTables, CalendarTables, AdminTables, MailTables, SignalTables, DutyTables {}
