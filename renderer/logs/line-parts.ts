/** One field of a line: a value as text, and whether it is of several lines. */
export type LinePart = Readonly<{ name: string; text: string; isLong: boolean }>

/** The fields of a line of JSON, in its order; undefined where it is none. */
export function lineParts(raw: string): readonly LinePart[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(raw)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.entries(value).map(([name, field]) => {
    const text = typeof field === 'string' ? field : JSON.stringify(field, null, 2)
    return { name, text, isLong: text.includes('\n') || text.length > 120 }
  })
}
