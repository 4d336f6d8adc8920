/** Draws from a seed (mulberry32): the same seed, the same draws. */
export type Chance = Readonly<{
  /** 0 ≤ draw < 1. */
  draw(): number
  /** True with this likelihood; draws nothing for 0 and 1, so that a switched-off fault moves no other. */
  happens(likelihood: number): boolean
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number
}>

export function openChance(seed: number): Chance {
  let state = seed >>> 0
  const draw = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    draw,
    happens: (likelihood) => likelihood > 0 && (likelihood >= 1 || draw() < likelihood),
    between: (least, most) => (most <= least ? least : least + Math.floor(draw() * (most - least + 1))),
  }
}
