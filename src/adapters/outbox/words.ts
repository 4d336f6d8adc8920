import { sha256Hex } from '../../domain/digest/sha256.ts'

/** Tells whether two rows of one name say the same. */
export function wordsOf({ payload }: Readonly<{ payload: string }>): string {
  return sha256Hex(payload).slice(0, 24)
}
