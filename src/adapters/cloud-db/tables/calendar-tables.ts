export interface CalendarTables {
  calendar_events: {
    id: string
    name: string
    date: string
    time: string
    zone: string
    status: string
    projections: number
    impact: string
    note: string | null
    minutes: number | null
    updated_at: number
    /** No longer listed by its source, or withdrawn. */
    removed_at: number | null
  }
  calendar_sources: {
    name: string
    known_from: string
    known_until: string
    as_of: string
    checked_at: number
    problem: string | null
  }
  /** One row: rises with every change. */
  calendar_revision: { id: number; revision: number }
}
