import type { Place } from './place.ts'

/** What a page is given: the place that leads to it. */
export type PageProps<Name extends Place['page']> = Readonly<{ place: Extract<Place, { page: Name }> }>
