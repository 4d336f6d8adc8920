import { useCallback, useState } from 'react'
import type { z } from 'zod'

/**
 * A state that this browser remembers from one visit to the next. What is stored and no longer understood counts as
 * never stored; a browser that stores nothing forgets, and that is all.
 *
 * @param key    unique on the page, e.g. `accounts.view`
 * @param schema of what is stored
 */
export function useRemembered<T>(
  key: string,
  schema: z.ZodType<T>,
  initial: T,
): readonly [T, (change: (before: T) => T) => void] {
  const [state, setState] = useState(() => read(key, schema) ?? initial)
  const change = useCallback(
    (next: (before: T) => T) =>
      setState((before) => {
        const after = next(before)
        write(key, after)
        return after
      }),
    [key],
  )
  return [state, change]
}

const nameOf = (key: string) => `slipway.${key}`

function read<T>(key: string, schema: z.ZodType<T>): T | undefined {
  try {
    const stored = window.localStorage.getItem(nameOf(key))
    return stored === null ? undefined : schema.safeParse(JSON.parse(stored)).data
  } catch {
    return undefined
  }
}

function write(key: string, value: unknown): void {
  try {
    window.localStorage.setItem(nameOf(key), JSON.stringify(value))
  } catch {
    // Private windows and full disks: it is forgotten at the next visit.
  }
}
