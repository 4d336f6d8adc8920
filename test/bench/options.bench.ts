import { normalCdf } from '../../src/domain/options/normal.ts'
import type { OptionQuestion } from '../../src/domain/options/option-pricing.ts'
import { priceOption } from '../../src/domain/options/price-option.ts'
import type { Figure } from './figure.ts'

export const name = 'option prices'

const OPTIONS = 10_000
const ROUNDS = 41
const AMERICAN = 200

type Columns = Readonly<
  Record<'sign' | 'spot' | 'strike' | 'years' | 'rate' | 'dividend' | 'volatility', Float64Array> & {
    out: Float64Array
  }
>

/**
 * 10,000 European options with all Greeks: checked questions in, objects out, against the same formula written as a C
 * programmer would, over columns of doubles into a column of doubles, with nothing checked. Both use one cumulative
 * normal, which is most of the work.
 */
export async function run(): Promise<{ figures: Figure[] }> {
  const questions = questionsOf(OPTIONS)
  const columns = columnsOf(questions)
  const ours: number[] = []
  const plain: number[] = []
  let difference = 0
  // The first rounds compile; they are timed with the others and fall out of the median.
  for (let round = 0; round < ROUNDS; round++) {
    plain.push(timed(() => plainLoop(columns)))
    let at = 0
    ours.push(
      timed(() => {
        for (const question of questions) {
          const { price, delta, gamma, vega, theta, rho } = priceOption(question)
          difference = Math.max(difference, Math.abs(price - columns.out[at]!))
          at += 6
          if (Number.isNaN(delta + gamma + vega + theta + rho)) throw new Error('a Greek is not a number')
        }
      }),
    )
  }
  if (difference > 1e-9) throw new Error(`the two loops differ by ${difference}`)
  const american = timed(() => {
    for (const question of questionsOf(AMERICAN)) priceOption({ ...question, style: 'american' })
  })
  return {
    figures: [
      {
        name: '10,000 European option prices with Greeks, against a C-style loop of the same formula',
        value: median(ours) / median(plain),
        limit: 3,
        unit: 'x baseline',
        baseline: median(plain),
        note: `${median(ours).toFixed(2)} ms against ${median(plain).toFixed(2)} ms, median of ${ROUNDS}`,
      },
      {
        name: 'an American option price with Greeks',
        value: american / AMERICAN,
        limit: 100,
        unit: 'ms',
        note: `mean of ${AMERICAN}`,
      },
    ],
  }
}

function plainLoop({ sign, spot, strike, years, rate, dividend, volatility, out }: Columns): void {
  for (let i = 0, at = 0; i < sign.length; i++, at += 6) {
    const [g, s, k, t, r, q, v] = [sign[i]!, spot[i]!, strike[i]!, years[i]!, rate[i]!, dividend[i]!, volatility[i]!]
    const root = Math.sqrt(t)
    const d1 = (Math.log(s / k) + (r - q + (v * v) / 2) * t) / (v * root)
    const growth = Math.exp(-q * t)
    const cash = k * Math.exp(-r * t)
    const n1 = normalCdf(g * d1)
    const n2 = normalCdf(g * (d1 - v * root))
    const density = Math.exp((-d1 * d1) / 2) * 0.3989422804014327
    out[at] = g * (s * growth * n1 - cash * n2)
    out[at + 1] = g * growth * n1
    out[at + 2] = (growth * density) / (s * v * root)
    out[at + 3] = s * growth * density * root
    out[at + 4] = g * (q * s * growth * n1 - r * cash * n2) - (s * growth * density * v) / (2 * root)
    out[at + 5] = g * t * cash * n2
  }
}

function questionsOf(size: number): OptionQuestion[] {
  return Array.from({ length: size }, (_, i) => ({
    model: 'bsm',
    type: i % 2 === 0 ? 'call' : 'put',
    style: 'european',
    spot: 100,
    strike: 70 + ((i * 7) % 61),
    years: 0.02 + ((i * 13) % 97) / 48,
    rate: 0.01 + ((i * 3) % 11) / 200,
    dividend: ((i * 5) % 7) / 200,
    volatility: 0.08 + ((i * 11) % 53) / 100,
  }))
}

function columnsOf(questions: readonly OptionQuestion[]): Columns {
  const column = (of: (question: OptionQuestion & { model: 'bsm' }) => number) =>
    Float64Array.from(questions, (question) => of(question as OptionQuestion & { model: 'bsm' }))
  return {
    sign: column(({ type }) => (type === 'call' ? 1 : -1)),
    spot: column(({ spot }) => spot),
    strike: column(({ strike }) => strike),
    years: column(({ years }) => years),
    rate: column(({ rate }) => rate),
    dividend: column(({ dividend }) => dividend),
    volatility: column(({ volatility }) => volatility),
    out: new Float64Array(questions.length * 6),
  }
}

function timed(work: () => void): number {
  const began = performance.now()
  work()
  return performance.now() - began
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1]!
}
