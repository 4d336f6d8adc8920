export interface DutyTables {
  /** Work that one instance does for all of them. */
  duties: { name: string; owner: string; until: number }
}
