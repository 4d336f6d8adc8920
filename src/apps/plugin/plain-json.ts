/**
 * A plug-in's answer as JSON. Numbers that JSON can't write become their names, so that whoever reads it can say what was
 * wrong.
 */
export function answerJson(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'number' && !Number.isFinite(inner)) return String(inner)
    return typeof inner === 'bigint' ? `${inner}n` : inner
  })
}

/**
 * What JSON would lose of a snapshot without a word: a Map, a class's instance, NaN, undefined in a list. A run that went
 * on from the rest would be another one.
 *
 * @returns undefined when JSON keeps all of it, else the first such place, as a clause ("snapshot.seen is a Map …")
 */
export function lostInJson(value: unknown): string | undefined {
  return lossAt(value, '', new Set())
}

function lossAt(value: unknown, at: string, above: Set<unknown>): string | undefined {
  const where = `snapshot${at}`
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : `${where} is ${value}, which JSON can't hold`
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return undefined
  if (value === undefined) return at === '' ? undefined : `${where} is undefined, which JSON can't hold`
  if (typeof value !== 'object') return `${where} is a ${typeof value}, which JSON can't hold`
  if (above.has(value)) return `${where} contains itself`
  const isList = Array.isArray(value)
  const proto: unknown = Object.getPrototypeOf(value)
  if (!isList && proto !== Object.prototype && proto !== null)
    return `${where} is a ${value.constructor?.name ?? 'special object'}, of which JSON keeps too little; use plain objects and lists`
  above.add(value)
  for (const [key, inner] of Object.entries(value)) {
    // A property that is undefined reads as one that is not there.
    if (inner === undefined && !isList) continue
    const loss = lossAt(inner, isList ? `${at}[${key}]` : `${at}.${key}`, above)
    if (loss !== undefined) return loss
  }
  above.delete(value)
  return undefined
}
