import type { Migration } from './migration.ts'

/** How many contributions were stored on a day of those whose number has an end, by giver and of all together. */
export const giftsOfDay: Migration = {
  name: 'gifts-of-day',
  statements: () => [
    `CREATE TABLE gifts_of_day (
       day text NOT NULL,
       giver text NOT NULL,
       given integer NOT NULL,
       PRIMARY KEY (day, giver)
     )`,
  ],
}
