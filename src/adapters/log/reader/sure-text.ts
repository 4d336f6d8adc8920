/**
 * The longest text that every match of a regular expression holds, as far as that can be told without understanding all of
 * it: a search for text is many times faster than one for a pattern.
 *
 * @returns undefined where no text is sure: alternatives, a pattern of classes only
 */
export function sureText(pattern: string): string | undefined {
  let longest = ''
  let run = ''
  let depth = 0
  const endRun = (): void => {
    if (run.length > longest.length) longest = run
    run = ''
  }
  for (let at = 0; at < pattern.length;) {
    const sign = pattern[at]!
    if (sign === '\\') {
      const escaped = pattern[at + 1] ?? ''
      // A code such as \x41 goes on behind its letter, and what follows must not be taken for text.
      if (/[xucpPk0-9]/.test(escaped)) return undefined
      // Other letters behind a backslash are classes and assertions.
      if (depth > 0 || /[A-Za-z]/.test(escaped)) endRun()
      else run += escaped
      at += 2
    } else if (sign === '[') {
      endRun()
      at = behindClass(pattern, at)
    } else if (sign === '(') {
      endRun()
      depth += 1
      at += 1
    } else if (sign === ')') {
      endRun()
      depth -= 1
      at += 1
    } else if (sign === '|') {
      if (depth === 0) return undefined
      at += 1
    } else if (sign === '*' || sign === '?' || isCount(pattern, at)) {
      // What stands before it may be missing.
      run = run.slice(0, -1)
      endRun()
      at = sign === '{' ? pattern.indexOf('}', at) + 1 : at + 1
    } else if (sign === '+' || sign === '.' || sign === '^' || sign === '$') {
      endRun()
      at += 1
    } else {
      if (depth === 0) run += sign
      at += 1
    }
  }
  endRun()
  // A lone surrogate is half a sign; it is no text in UTF-8.
  return longest === '' || !longest.isWellFormed() ? undefined : longest
}

/** More alternatives than this are tried as they are: each text is a search of its own. */
const MOST_ALTERNATIVES = 4

/** Texts of which every match holds one: those of the alternatives. @returns undefined where one of them has none */
export function sureTexts(pattern: string): readonly string[] | undefined {
  const alternatives = alternativesOf(pattern)
  if (alternatives.length > MOST_ALTERNATIVES) return undefined
  const texts = alternatives.map(sureText)
  return texts.every((text) => text !== undefined) ? texts : undefined
}

function alternativesOf(pattern: string): string[] {
  const alternatives: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < pattern.length;) {
    const sign = pattern[at]!
    if (sign === '(') depth += 1
    if (sign === ')') depth -= 1
    if (sign === '|' && depth === 0) {
      alternatives.push(pattern.slice(from, at))
      from = at + 1
    }
    if (sign === '[') at = behindClass(pattern, at)
    else at += sign === '\\' ? 2 : 1
  }
  return [...alternatives, pattern.slice(from)]
}

function behindClass(pattern: string, from: number): number {
  let at = from + 1
  while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1
  return at + 1
}

/** `{2}`, `{2,}`, `{2,5}`; any other brace is text. */
function isCount(pattern: string, at: number): boolean {
  return pattern[at] === '{' && /^\{\d+(,\d*)?\}/.test(pattern.slice(at))
}
