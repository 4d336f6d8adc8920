import type { RefusalShape } from '../../contracts/bot-protocol.ts'
import { EXIT_CODE_OF, type RefusalCode } from '../../domain/failure/refusal.ts'
import type { Output } from './output.ts'

/**
 * Says a refusal that came as data, from a launcher or bot that may be of another version.
 *
 * @returns its exit code; 1 for a code that this version does not know
 */
export function sayShape(out: Output, { code, message, nextStep }: RefusalShape): number {
  const known = isKnown(code) ? code : 'internal'
  out.refused({ code: known, message, nextStep })
  return EXIT_CODE_OF[known]
}

function isKnown(code: string): code is RefusalCode {
  return Object.hasOwn(EXIT_CODE_OF, code)
}
