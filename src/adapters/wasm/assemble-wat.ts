/**
 * Assembles the part of WebAssembly's text format that our inner loops are written in.
 *
 * One instruction a line, unfolded. A function begins with `func name $param …`, with ` -> i32` behind where it answers;
 * `locals $a $b:i64 $c:v128` declares what else it keeps, an i32 where no type is named; `;;` begins a comment. So what
 * runs is what can be read, and no binary lies in the sources. All functions and the one memory are exported.
 *
 * @throws {Error} a word it does not know: a bug in the text
 * @see WebAssembly Core Specification 2.0, chapter 5 (binary format)
 */
export function assembleWat(text: string, memoryPages: number): Uint8Array<ArrayBuffer> {
  const functions = text
    .replace(/;;[^\n]*/g, '')
    .split(/^func /m)
    .slice(1)
    .map(readFunction)
  const types = functions.map(({ params, results }) => [
    0x60,
    ...vector(params.map(({ type }) => [TYPE[type]])),
    ...vector(results.map((type) => [TYPE[type]])),
  ])
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(5, vector([[0x00, ...unsigned(memoryPages)]])),
    ...section(
      7,
      vector([
        [...name('memory'), 0x02, 0x00],
        ...functions.map((one, index) => [...name(one.name), 0x00, ...unsigned(index)]),
      ]),
    ),
    ...section(10, vector(functions.map(({ body }) => [...unsigned(body.length), ...body]))),
  ])
}

type ValueType = 'i32' | 'i64' | 'f32' | 'v128'
type Value = { name: string; type: ValueType }

const TYPE = { i32: 0x7f, i64: 0x7e, f32: 0x7d, v128: 0x7b } as const satisfies Record<ValueType, number>
const EMPTY_BLOCK = 0x40

/** Instructions without an operand. */
const PLAIN: Readonly<Record<string, readonly number[]>> = {
  else: [0x05],
  return: [0x0f],
  'i32.eqz': [0x45],
  'i32.eq': [0x46],
  'i32.ne': [0x47],
  'i32.lt_u': [0x49],
  'i32.gt_u': [0x4b],
  'i32.le_u': [0x4d],
  'i32.ge_u': [0x4f],
  'i64.eqz': [0x50],
  'i64.lt_u': [0x54],
  'i64.gt_u': [0x56],
  'f32.le': [0x5f],
  'f32.add': [0x92],
  'f32.sub': [0x93],
  'f32.mul': [0x94],
  'i32.clz': [0x67],
  'i32.ctz': [0x68],
  'i32.add': [0x6a],
  'i32.sub': [0x6b],
  'i32.mul': [0x6c],
  'i32.and': [0x71],
  'i32.or': [0x72],
  'i32.shl': [0x74],
  'i32.shr_u': [0x76],
  'i64.ctz': [0x7a],
  'i64.popcnt': [0x7b],
  'i64.sub': [0x7d],
  'i64.and': [0x83],
  'i64.or': [0x84],
  'i64.shl': [0x86],
  'i32.wrap_i64': [0xa7],
  'i64.extend_i32_u': [0xad],
  'f32.reinterpret_i32': [0xbe],
  'i8x16.splat': [0xfd, 0x0f],
  'i8x16.eq': [0xfd, 0x23],
  'v128.and': [0xfd, 0x4e],
  'v128.or': [0xfd, 0x50],
  'v128.any_true': [0xfd, 0x53],
  'i8x16.bitmask': [0xfd, 0x64],
  'i32x4.bitmask': [0xfd, 0xa4, 0x01],
  'f32x4.splat': [0xfd, 0x13],
  'f32x4.le': [0xfd, 0x45],
  'f32x4.add': [0xfd, 0xe4, 0x01],
  'f32x4.sub': [0xfd, 0xe5, 0x01],
  'f32x4.mul': [0xfd, 0xe6, 0x01],
  'f32x4.pmax': [0xfd, 0xeb, 0x01],
  // Of the relaxed instructions: rounded once or twice, as the machine likes.
  'f32x4.relaxed_nmadd': [0xfd, 0x86, 0x02],
}

/** Instructions with a memory operand; they promise no alignment. */
const MEMORY: Readonly<Record<string, readonly number[]>> = {
  'i32.load': [0x28],
  'i32.load8_u': [0x2d],
  'i32.store': [0x36],
  'i64.load': [0x29],
  'i64.store': [0x37],
  'f32.load': [0x2a],
  'v128.load': [0xfd, 0x00],
  'v128.store': [0xfd, 0x0b],
}
/** An alignment of 2^0 bytes. */
const UNALIGNED = 0x00

const ON_LOCAL: Readonly<Record<string, number>> = { 'local.get': 0x20, 'local.set': 0x21, 'local.tee': 0x22 }
const OPENS: Readonly<Record<string, number>> = { block: 0x02, loop: 0x03, if: 0x04 }
const BRANCHES: Readonly<Record<string, number>> = { br: 0x0c, br_if: 0x0d }

function readFunction(text: string): { name: string; params: Value[]; results: ValueType[]; body: number[] } {
  const lines = text.split('\n').map((line) => line.trim())
  const [title = '', ...params] = (lines.shift() ?? '').split(/\s+/).filter((word) => word !== '')
  const locals: Value[] = []
  const code: number[] = []
  const labels: string[] = []
  const values = params.filter((word) => word.startsWith('$')).map(readValue)
  const indexOf = (wanted: string): number[] => {
    const index = [...values, ...locals].findIndex((value) => value.name === wanted)
    if (index < 0) throw new Error(`no local ${wanted} in ${title}`)
    return unsigned(index)
  }
  for (const line of lines) {
    const [word = '', ...operands] = line.split(/\s+/)
    const [operand = ''] = operands
    if (word === '') continue
    if (word === 'locals') locals.push(...operands.map(readValue))
    else if (word === 'end') {
      labels.pop()
      code.push(0x0b)
    } else if (Object.hasOwn(OPENS, word)) {
      labels.push(operand)
      code.push(OPENS[word]!, EMPTY_BLOCK)
    } else if (Object.hasOwn(BRANCHES, word)) {
      const depth = labels.length - 1 - labels.lastIndexOf(operand)
      if (depth >= labels.length) throw new Error(`no label ${operand} in ${title}`)
      code.push(BRANCHES[word]!, ...unsigned(depth))
    } else if (Object.hasOwn(ON_LOCAL, word)) code.push(ON_LOCAL[word]!, ...indexOf(operand))
    else if (word === 'i32.const') code.push(0x41, ...signed(Number(operand)))
    else if (word === 'i64.const') code.push(0x42, ...signed(Number(operand)))
    else if (word === 'f32.const') code.push(0x43, ...new Uint8Array(Float32Array.of(Number(operand)).buffer))
    else if (Object.hasOwn(MEMORY, word)) code.push(...readMemory(word, operand))
    else if (Object.hasOwn(PLAIN, word)) code.push(...PLAIN[word]!)
    else throw new Error(`no instruction ${word} in ${title}`)
  }
  const declared = vector(locals.map(({ type }) => [0x01, TYPE[type]]))
  const results: ValueType[] = params.includes('->') ? ['i32'] : []
  return { name: title, params: values, results, body: [...declared, ...code, 0x0b] }
}

function readValue(word: string): Value {
  const [called = '', type = 'i32'] = word.split(':')
  return { name: called, type: type as ValueType }
}

function readMemory(word: string, operand: string): number[] {
  const offset = operand.startsWith('offset=') ? Number(operand.slice('offset='.length)) : 0
  return [...MEMORY[word]!, UNALIGNED, ...unsigned(offset)]
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content]
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

function name(text: string): number[] {
  return [...unsigned(text.length), ...new TextEncoder().encode(text)]
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  do {
    const low = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? low : low | 0x80)
  } while (rest !== 0)
  return bytes
}

function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (;;) {
    const low = rest & 0x7f
    rest >>= 7
    const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
    bytes.push(isLast ? low : low | 0x80)
    if (isLast) return bytes
  }
}
