import { fileURLToPath } from 'node:url'

/** The checkout that these tests belong to. */
export const repoRoot = fileURLToPath(new URL('../..', import.meta.url))
