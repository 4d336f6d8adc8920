/** Stands in logs where a secret was. */
export const REDACTED = '[redacted]'

/**
 * Values shorter than this are not looked for in text: replacing every `12` of a log would hide more than it
 * protects. They are still hidden under the names of secrets.
 */
const SHORTEST_SECRET = 6
const SHORTEST_LINE_OF_SECRET = 16

/** The live secrets of this process, and the text without them. */
export type SecretRegistry = Readonly<{
  /** From now on `value` and its usual encodings do not appear in text. */
  add(value: string): void
  /** `text` with every secret, in whatever form, replaced. */
  hide(text: string): string
}>

export function secretRegistry(secrets: readonly string[]): SecretRegistry {
  const forms = new Set<string>()
  let pattern: RegExp | undefined
  const add = (value: string): void => {
    for (const secret of partsOf(value)) for (const form of formsOf(secret)) forms.add(form)
    if (forms.size === 0) return
    // Longest first, so that a form that contains another is replaced whole.
    const longestFirst = [...forms].toSorted((a, b) => b.length - a.length)
    pattern = new RegExp(
      longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)).join('|'),
      'g',
    )
  }
  for (const secret of secrets) add(secret)
  return {
    add,
    hide: (text) => hideCredentials(pattern ? text.replace(pattern, REDACTED) : text),
  }
}

/** A secret of several lines (a PEM key) also leaks by any one of them. */
function partsOf(value: string): string[] {
  const whole = value.trim()
  if (whole.length < SHORTEST_SECRET) return []
  const lines = whole.split(/\r?\n/).map((line) => line.trim())
  if (lines.length === 1) return [whole]
  return [whole, ...lines.filter((line) => line.length >= SHORTEST_LINE_OF_SECRET && !line.startsWith('-----'))]
}

/** A secret as it stands and as libraries write it: URL-encoded, base64 and base64url at any alignment, hex, JSON. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const url = encodeURIComponent(secret)
  const hex = bytes.toString('hex')
  const forms = [
    secret,
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replace(/%20/g, '+'),
    hex,
    hex.toUpperCase(),
    JSON.stringify(secret).slice(1, -1),
  ]
  // Inside a longer text (`user:secret` of Basic authentication) the base64 of the secret depends on how many bytes
  // stand before it; only the characters that the neighbours can't change are looked for.
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const first = Math.ceil((before * 8) / 6)
    const last = Math.floor(((before + bytes.length) * 8) / 6)
    const own = encoded.slice(first, last)
    forms.push(own, own.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return forms.filter((form) => form.length >= SHORTEST_SECRET)
}

/** Credentials that show by their shape, known or not: in a URL, in a query, after `Bearer`. */
function hideCredentials(text: string): string {
  if (!/[:=]|bearer|basic/i.test(text)) return text
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'@]{1,512}@/gi, `$1${REDACTED}@`)
    .replace(/\b(bearer|basic)\s+[A-Za-z0-9+/._~=-]{12,}/gi, `$1 ${REDACTED}`)
    .replace(
      /\b((?:[a-z]+[_-]?)?(?:token|secret|password|passwd|passphrase|api[_-]?key|access[_-]?key))=[^\s&"',;]+/gi,
      `$1=${REDACTED}`,
    )
}

const SECRET_WHATEVER_ITS_TYPE = /(password|passwd|passphrase|secret|credential|privatekey|otp|^pin|pincode)s?$/
/** Hidden unless numeric: `instrumentToken: 256265` and `maxToken: 512` name no secret. */
const SECRET_UNLESS_NUMERIC =
  /(token|apikey|accesskey|secretkey|masterkey|encryptionkey|licen[cs]ekey|authorization|cookie|jwt|bearer)$/

/** Whether a field with this name holds a secret. */
export function namesSecret(name: string, value: unknown): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (SECRET_WHATEVER_ITS_TYPE.test(plain)) return value !== null && typeof value !== 'boolean'
  return SECRET_UNLESS_NUMERIC.test(plain) && (typeof value === 'string' || typeof value === 'object') && value !== null
}
