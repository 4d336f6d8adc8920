/**
 * Whether a version comes before another, by its three numbers; of two that have the same, one with a suffix
 * (`1.2.0-beta.1`) comes before the one without. What can't be read is not older: it is left alone.
 *
 * @see semver.org, item 11; suffixes are not compared with each other
 */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [parse(version), parse(than)]
  if (!a || !b) return false
  for (const at of [0, 1, 2] as const) if (a.numbers[at] !== b.numbers[at]) return a.numbers[at]! < b.numbers[at]!
  return a.isEarly && !b.isEarly
}

function parse(version: string) {
  const match = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.exec(version)
  return match && { numbers: match.slice(1, 4).map(Number), isEarly: match[4] !== undefined }
}
