import { refusal, type Refusal } from '../failure/refusal.ts'
import { legViolation, type OptionLeg } from './shape-leg.ts'

/** Named positions in options; `single` is one contract, bought or sold. */
export type ShapeKind =
  | 'single'
  | 'vertical-spread'
  | 'iron-condor'
  | 'butterfly-spread'
  | 'calendar-spread'
  | 'straddle'
  | 'strangle'

/** In the order in which they are tried; no position is two of them. */
const KINDS: readonly ShapeKind[] = [
  'single',
  'vertical-spread',
  'calendar-spread',
  'straddle',
  'strangle',
  'butterfly-spread',
  'iron-condor',
]

const LEGS = {
  single: 1,
  'vertical-spread': 2,
  'iron-condor': 4,
  'butterfly-spread': 3,
  'calendar-spread': 2,
  straddle: 2,
  strangle: 2,
} as const satisfies Record<ShapeKind, number>

/** The shape that legs have, in whatever order they are given; undefined where they have none of those we name. */
export function recogniseShape(legs: readonly OptionLeg[]): ShapeKind | undefined {
  return KINDS.find((kind) => shapeViolations(kind, legs).length === 0)
}

/**
 * Everything that keeps legs from being a shape, each with what to change; empty where they are one.
 *
 * A position that is the mirror image (every leg the other way round) is the same shape on its other side.
 */
export function shapeViolations(kind: ShapeKind, legs: readonly OptionLeg[]): readonly Refusal[] {
  const broken = legs.map(legViolation).filter((violation) => violation !== undefined)
  if (broken.length > 0) return broken
  const name = nameOf(kind)
  if (legs.length !== LEGS[kind])
    return [invalid(`A ${name} has ${count(LEGS[kind])}, not ${legs.length}.`, `Give ${count(LEGS[kind])}.`)]

  const found: Refusal[] = []
  const says = (isRight: boolean, message: string, nextStep: string) => {
    if (!isRight) found.push(invalid(message, nextStep))
  }
  const allSame = (of: (leg: OptionLeg) => unknown) => new Set(legs.map(of)).size === 1
  const sizes = legs.map(({ quantity }) => Math.abs(quantity))

  says(
    allSame((leg) => leg.underlying),
    `The legs of a ${name} are on one underlying.`,
    `Choose ${legs[0]!.underlying} for all of them.`,
  )
  says(
    allSame((leg) => leg.tickValue),
    `The legs of a ${name} must have lots of one size.`,
    'Choose expiries with the same lot size.',
  )
  if (kind === 'calendar-spread')
    says(
      !allSame((leg) => leg.expiry),
      'A calendar spread has two expiries.',
      'Choose a later expiry for one of its legs.',
    )
  else
    says(
      allSame((leg) => leg.expiry),
      `The legs of a ${name} expire on one day.`,
      `Choose ${legs.map(({ expiry }) => expiry).sort()[0]} for all of them.`,
    )
  if (kind !== 'butterfly-spread')
    says(
      new Set(sizes).size === 1,
      `The legs of a ${name} have equal quantities; these have ${sizes.join(', ')}.`,
      `Give ${Math.min(...sizes)} for each.`,
    )
  found.push(...OWN_RULES[kind]([...legs].sort((a, b) => a.strikePx - b.strikePx || (a.type === 'put' ? -1 : 1))))
  return found
}

type Rule = (byStrike: readonly OptionLeg[]) => readonly Refusal[]

const OWN_RULES: Readonly<Record<ShapeKind, Rule>> = {
  single: () => [],
  'vertical-spread': (legs) => [
    ...mustBe(isOneType(legs), 'A vertical spread has two calls or two puts.', 'Make both legs calls, or both puts.'),
    ...mustBe(areOpposite(legs), 'A vertical spread buys one leg and sells the other.', 'Turn one of its legs round.'),
    ...mustBe(rises(legs), 'A vertical spread has two strikes.', 'Choose another strike for one of its legs.'),
  ],
  'calendar-spread': (legs) => [
    ...mustBe(isOneType(legs), 'A calendar spread has two calls or two puts.', 'Make both legs calls, or both puts.'),
    ...mustBe(areOpposite(legs), 'A calendar spread buys one leg and sells the other.', 'Turn one of its legs round.'),
    ...mustBe(
      legs[0]!.strikePx === legs[1]!.strikePx,
      'A calendar spread has one strike.',
      'Choose the same strike for both legs.',
    ),
  ],
  straddle: (legs) => [
    ...callAndPut('straddle', legs),
    ...mustBe(
      legs[0]!.strikePx === legs[1]!.strikePx,
      'A straddle has one strike.',
      'Choose the same strike for both, or ask for a strangle.',
    ),
  ],
  strangle: (legs) => [
    ...callAndPut('strangle', legs),
    ...mustBe(
      rises(legs) && legs[0]!.type === 'put' && legs[1]!.type === 'call',
      'The put of a strangle has the lower strike.',
      'Choose a put strike below the call strike; with one strike it is a straddle.',
    ),
  ],
  'butterfly-spread': (legs) => {
    const [low, middle, high] = legs as [OptionLeg, OptionLeg, OptionLeg]
    return [
      ...mustBe(isOneType(legs), 'A butterfly has three calls or three puts.', 'Make all legs calls, or all puts.'),
      ...mustBe(rises(legs), 'A butterfly has three strikes.', 'Choose a different strike for each leg.'),
      ...mustBe(
        low.quantity === high.quantity && middle.quantity === -2 * low.quantity,
        'A butterfly sells in the middle twice what it buys on each side, or the other way round.',
        'Give quantities such as 1, -2, 1, from the lowest strike to the highest.',
      ),
      ...mustBe(
        middle.strikePx - low.strikePx === high.strikePx - middle.strikePx,
        'The sides of a butterfly are equally wide.',
        'Choose outer strikes at the same distance from the middle one.',
      ),
    ]
  },
  'iron-condor': (legs) => {
    const types = legs.map(({ type }) => type).join()
    const signs = legs.map(({ quantity }) => Math.sign(quantity)).join()
    return [
      ...mustBe(
        types === 'put,put,call,call',
        'An iron condor has two puts below two calls.',
        'Give, from the lowest strike up: put, put, call, call.',
      ),
      ...mustBe(rises(legs), 'An iron condor has four strikes.', 'Choose a different strike for each leg.'),
      ...mustBe(
        signs === '1,-1,-1,1' || signs === '-1,1,1,-1',
        'An iron condor sells its inner legs and buys its outer ones, or the other way round.',
        'Give, from the lowest strike up: buy, sell, sell, buy.',
      ),
    ]
  },
}

function callAndPut(name: string, legs: readonly OptionLeg[]): readonly Refusal[] {
  return [
    ...mustBe(!isOneType(legs), `A ${name} has a call and a put.`, 'Make one leg a call and the other a put.'),
    ...mustBe(
      Math.sign(legs[0]!.quantity) === Math.sign(legs[1]!.quantity),
      `A ${name} buys both legs or sells both.`,
      'Turn one of its legs round.',
    ),
  ]
}

function mustBe(isRight: boolean, message: string, nextStep: string): readonly Refusal[] {
  return isRight ? [] : [invalid(message, nextStep)]
}

function isOneType(legs: readonly OptionLeg[]): boolean {
  return legs.every(({ type }) => type === legs[0]!.type)
}

function areOpposite(legs: readonly OptionLeg[]): boolean {
  return Math.sign(legs[0]!.quantity) === -Math.sign(legs[1]!.quantity)
}

function rises(byStrike: readonly OptionLeg[]): boolean {
  return byStrike.every((leg, index) => index === 0 || byStrike[index - 1]!.strikePx < leg.strikePx)
}

function nameOf(kind: ShapeKind): string {
  return kind === 'single' ? 'single option' : kind.replaceAll('-', ' ')
}

function count(legs: number): string {
  return legs === 1 ? 'one leg' : `${legs} legs`
}

function invalid(message: string, nextStep: string): Refusal {
  return refusal('trade-invalid', message, nextStep)
}
