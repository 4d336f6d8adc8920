/** Words that the two databases spell differently; `bigint` and `double precision` mean the right thing to both. */
export type SqlWords = Readonly<{
  /** Type of a primary key that counts up and never takes a number twice. */
  serial: string
}>

/** One step of the schema. Its number is its place in MIGRATIONS; what was released is never changed. */
export type Migration = Readonly<{ name: string; statements: (words: SqlWords) => readonly string[] }>
