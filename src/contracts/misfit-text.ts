import type { z } from 'zod'

/** What is wrong with a value, in words for whoever gave it. What a schema says itself is kept. */
export function misfitText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      if (isCount(issue.origin)) return `it must be at least ${issue.minimum}`
      return issue.message.startsWith('Too small: expected string to have >=1 ')
        ? 'it must not be empty'
        : issue.message
    case 'too_big':
      return isCount(issue.origin) ? `it must be at most ${issue.maximum}` : issue.message
    case 'invalid_value':
      return `it must be one of ${issue.values.map(String).join(', ')}`
    default:
      return issue.message.startsWith('must ') ? `it ${issue.message}` : issue.message
  }
}

function isCount(origin: string): boolean {
  return origin === 'number' || origin === 'int'
}
