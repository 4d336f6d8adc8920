/** An endless row of numbers that looks random and depends on nothing but its key, on every platform. */
export interface RandomStream {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  readonly uniform: () => number
  /** Roughly normal, mean 0, deviation 1, within ±3.5. */
  readonly normal: () => number
}

/** √3: four uniforms have variance 1/3. Their sum, unlike log and cos, is the same in every math library. */
const ROOT_3 = 1.7320508075688772

/** @see Chris Doty-Humphrey's sfc32 (PractRand), seeded by FNV-1a of the key */
export function openRandomStream(key: string): RandomStream {
  let a = fnv1a(key)
  let b = fnv1a(`${key}/b`)
  let c = fnv1a(`${key}/c`)
  let count = 1
  const uniform = () => {
    const sum = (((a + b) | 0) + count) | 0
    count = (count + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 4_294_967_296
  }
  // The first numbers still show the seed.
  for (let round = 0; round < 12; round++) uniform()
  return { uniform, normal: () => (uniform() + uniform() + uniform() + uniform() - 2) * ROOT_3 }
}

/** 32-bit FNV-1a over UTF-16 units. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  // FNV leaves neighbours alike in the high bits; this spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
  return hash ^ (hash >>> 16)
}
