/** What is wrong with a regular expression, in a few words; undefined where it is one. It is only compiled here, never tried. */
export function patternError(pattern: string): string | undefined {
  try {
    void new RegExp(pattern)
    return undefined
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return `No pattern: ${text.split(': ').at(-1)?.toLowerCase()}`
  }
}
