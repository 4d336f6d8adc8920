import { stripVTControlCharacters } from 'node:util'

/** Something a person has to mend: one sentence, and what to do next. Anything else thrown is a bug and keeps its stack. */
export class Trouble extends Error {
  name = 'Trouble'

  /**
   * @param {string} sentence what is wrong
   * @param {string} next     what to do about it
   * @param {string} [detail] the last lines of a log, shown above
   */
  constructor(sentence, next, detail) {
    super(`${sentence} ${next}`)
    this.detail = detail
  }
}

/** Prints a trouble for a person on stderr and gives the exit code for it. */
export function report(error) {
  if (!(error instanceof Trouble)) {
    console.error(error)
    return 1
  }
  if (error.detail) console.error(error.detail)
  console.error(`slipway: ${error.message}`)
  return 1
}

/** Progress goes to stderr: stdout belongs to the answer. */
export const say = (line) => process.stderr.write(`${line}\n`)

/** The last lines of a tool's output, without colours and the tool's own stack, indented so that they stand apart from ours. */
export function tail(text, lines = 15) {
  return stripVTControlCharacters(text)
    .replaceAll(/^ +at .*\n/gm, '')
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join('\n')
}
