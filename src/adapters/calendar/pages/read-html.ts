/** One element of a page. */
export type HtmlElement = Readonly<{
  tag: string
  attributes: Readonly<Record<string, string>>
  children: readonly (HtmlElement | string)[]
}>

/** Longest page that is read, characters, and most elements of one: the real pages have a tenth of it. */
const LONGEST = 2_000_000
const MOST_ELEMENTS = 100_000
const DEEPEST = 256
/** Longest tag, so that a page full of broken ones takes no longer to read than another. */
const LONGEST_TAG = 4_096

/** Elements without content, which no end tag follows. */
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '))
/** Elements whose text is no text of the page. */
const RAW = new Set(['script', 'style', 'template', 'noscript', 'textarea'])
/** Beginning one of these ends an open one of the same row or list, whose end tag may be left out. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  td: ['td', 'th'],
  th: ['td', 'th'],
  tr: ['td', 'th', 'tr'],
  li: ['li'],
  p: ['p'],
  tbody: ['td', 'th', 'tr', 'thead', 'tbody'],
}
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

const ATTRIBUTE = /([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g

type Open = { tag: string; attributes: Record<string, string>; children: (HtmlElement | string)[] }

/**
 * Reads a page into its elements, as far as tables and blocks need it. It is no browser: what it can't place is left
 * out, and whoever reads on must find what they look for or say that they did not.
 *
 * @throws {RangeError} longer, fuller or deeper than any page of ours
 */
export function readHtml(text: string): HtmlElement {
  if (text.length > LONGEST) throw new RangeError('the page is too long')
  const root: Open = { tag: '#root', attributes: {}, children: [] }
  const open: Open[] = [root]
  let elements = 0
  for (let at = 0; at < text.length;) {
    const bracket = text.indexOf('<', at)
    const end = bracket < 0 ? text.length : bracket
    if (end > at) open.at(-1)!.children.push(withEntities(text.slice(at, end)))
    if (bracket < 0) break
    const mark = markAt(text, bracket)
    at = mark.end
    if (mark.kind === 'text') open.at(-1)!.children.push('<')
    else if (mark.kind === 'end') closeUpTo(open, mark.tag)
    else if (mark.kind === 'start') {
      if (++elements > MOST_ELEMENTS || open.length > DEEPEST) throw new RangeError('the page is too full')
      endImplied(open, mark.tag)
      const element: Open = { tag: mark.tag, attributes: attributesOf(mark.attributes), children: [] }
      open.at(-1)!.children.push(element)
      if (VOID.has(mark.tag) || mark.attributes.endsWith('/')) continue
      if (RAW.has(mark.tag)) at = endOfRaw(text, at, mark.tag)
      else open.push(element)
    }
  }
  return root
}

type Mark = Readonly<{ end: number }> &
  (
    | Readonly<{ kind: 'start'; tag: string; attributes: string }>
    | Readonly<{ kind: 'end'; tag: string }>
    /** A comment or a declaration. */
    | Readonly<{ kind: 'none' }>
    /** A bracket that begins nothing. */
    | Readonly<{ kind: 'text' }>
  )

/** What a bracket begins. */
function markAt(text: string, bracket: number): Mark {
  if (text.startsWith('<!--', bracket)) {
    const close = text.indexOf('-->', bracket + 4)
    return { kind: 'none', end: close < 0 ? text.length : close + 3 }
  }
  const [whole, slash = '', name = ''] =
    /^<([/!?]?)([a-zA-Z][\w:-]{0,40})?/.exec(text.slice(bracket, bracket + 44)) ?? []
  const end = whole === undefined || whole === '<' || whole === '</' ? -1 : endOfTag(text, bracket + whole.length)
  if (end < 0 || whole === undefined) return { kind: 'text', end: bracket + 1 }
  const tag = name.toLowerCase()
  if (slash === '/') return { kind: 'end', tag, end }
  if (slash !== '') return { kind: 'none', end }
  return { kind: 'start', tag, end, attributes: text.slice(bracket + whole.length, end - 1) }
}

/** After the bracket that closes a tag, quoted ones left out; -1 where none does. */
function endOfTag(text: string, from: number): number {
  let quote = ''
  for (let at = from; at < Math.min(text.length, from + LONGEST_TAG); at++) {
    const char = text[at]!
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '>') return at + 1
    else if (char === '<') return -1
    else if (char === '"' || char === "'") quote = char
  }
  return -1
}

function endOfRaw(text: string, from: number, tag: string): number {
  const close = new RegExp(`</${tag}[^<>]{0,100}>`, 'gi')
  close.lastIndex = from
  return close.exec(text) ? close.lastIndex : text.length
}

function closeUpTo(open: Open[], tag: string): void {
  const at = open.findLastIndex((one) => one.tag === tag)
  if (at > 0) open.length = at
}

/** All elements below one that pass, in the order of the page. */
export function elementsIn(element: HtmlElement, passes: (one: HtmlElement) => boolean): readonly HtmlElement[] {
  const found: HtmlElement[] = []
  const look = (one: HtmlElement) => {
    for (const child of one.children) {
      if (typeof child === 'string') continue
      if (passes(child)) found.push(child)
      look(child)
    }
  }
  look(element)
  return found
}

/** What a person reads, with single blanks. */
export function textOf(element: HtmlElement): string {
  const parts: string[] = []
  const read = ({ children, tag }: HtmlElement) => {
    if (tag === 'br') parts.push(' ')
    for (const child of children)
      if (typeof child === 'string') parts.push(child)
      else read(child)
  }
  read(element)
  return parts.join('').replace(/\s+/g, ' ').trim()
}

/** A table's rows as the texts of their cells. */
export function rowsOf(table: HtmlElement): readonly (readonly string[])[] {
  return elementsIn(table, ({ tag }) => tag === 'tr').map((row) =>
    elementsIn(row, ({ tag }) => tag === 'td' || tag === 'th').map(textOf),
  )
}

export function hasClass({ attributes }: HtmlElement, name: string): boolean {
  return (attributes.class ?? '').split(/\s+/).includes(name)
}

function endImplied(open: Open[], starting: string): void {
  const ends = ENDS[starting]
  if (!ends) return
  while (open.length > 1 && ends.includes(open.at(-1)!.tag)) open.pop()
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [, name = '', double, single, bare] of text.matchAll(ATTRIBUTE))
    attributes[name.toLowerCase()] ??= withEntities(double ?? single ?? bare ?? '')
  return attributes
}

function withEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{2,6}));/g, (whole, decimal, hex, name: string) => {
    const point =
      decimal === undefined ? (hex === undefined ? undefined : Number.parseInt(hex as string, 16)) : Number(decimal)
    if (point === undefined) return ENTITIES[name] ?? whole
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}
