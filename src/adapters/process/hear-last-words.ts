import type { Readable } from 'node:stream'

/** Most that is kept of what a child says on its way down. */
const LAST_WORDS = 8_192
const LONGEST_GIST = 300

/**
 * Listens to a child's standard error.
 *
 * @returns reads the line of it that says most, as the end of a sentence (": Error: …"); empty when it said nothing
 */
export function hearLastWords(stderr: Readable | null): () => string {
  let words = ''
  stderr?.on('data', (chunk: Buffer) => {
    if (words.length < LAST_WORDS) words += chunk.toString('utf8')
  })
  return () => {
    const lines = words.split('\n').map((line) => line.trim())
    const line = lines.find((text) => /error|fatal/i.test(text)) ?? lines.find((text) => text !== '')
    return line ? `: ${line.slice(0, LONGEST_GIST)}` : ''
  }
}
