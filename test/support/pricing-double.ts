import { PricingQuestion } from '../../src/contracts/pricing-protocol.ts'
import { answerQuestion } from '../../src/apps/pricing/answer-question.ts'
import { splitLines } from '../../src/adapters/process/split-lines.ts'

/**
 * What a stand-in for the pricing service does once it has answered its first question as it should (`-at-once`: with
 * its first question already).
 */
export type Misbehaviour =
  | 'none'
  | 'ends'
  | 'ends-at-once'
  | 'says-nothing'
  | 'says-nothing-at-once'
  | 'loops'
  | 'hogs-memory'
  | 'no-json'
  | 'no-json-at-once'
  | 'empty-lines'
  | 'no-number'
  | 'price-beyond-bounds'
  | 'answer-missing'
  | 'foreign-id'
  | 'answers-twice'
  | 'other-question'
  | 'endless-line'
  | 'flood-of-lines'
  | 'half-a-line'
  | 'last-first'
  | 'slow'
  | 'floods-stderr'

const SLOW_MS = 60
/** Questions that come this close together are answered last first. */
const GATHER_MS = 100

/** A stand-in for the pricing service: `pricing-double HOW`. */
runPricingDouble(process.argv[2] as Misbehaviour)

function runPricingDouble(how: Misbehaviour): void {
  let answered = 0
  let gathered: string[] = []
  const say = (value: unknown) => void process.stdout.write(`${JSON.stringify(value)}\n`)
  const misbehave = (line: string) => {
    const answer = answerQuestion(PricingQuestion.parse(JSON.parse(line)))
    const [first] = answer.to === 'price' ? answer.answers : []
    const changed = (value: object) => ({
      ...answer,
      answers: [{ ...first, value: { ...(first?.kind === 'priced' ? first.value : {}), ...value } }],
    })
    switch (how) {
      case 'none':
        return say(answer)
      case 'ends':
      case 'ends-at-once':
        throw new Error('the double ends, as it was told to')
      case 'says-nothing':
      case 'says-nothing-at-once':
        return
      case 'loops':
        for (;;);
      case 'hogs-memory': {
        const held: object[] = []
        for (;;) held.push({ more: held.length })
      }
      case 'no-json':
      case 'no-json-at-once':
        return void process.stdout.write('Segmentation fault (core dumped)\n')
      case 'empty-lines':
        return void process.stdout.write('\n\n\n')
      case 'no-number':
        return say(changed({ price: Number.NaN }))
      case 'price-beyond-bounds':
        return say(changed({ price: 1_000 }))
      case 'answer-missing':
        return say({ ...answer, answers: [] })
      case 'foreign-id':
        return say({ ...answer, id: answer.id + 1_000_000 })
      case 'answers-twice':
        say(answer)
        return say(answer)
      case 'other-question':
        return say({ to: 'implied-volatility', id: answer.id, answers: [] })
      case 'endless-line': {
        const more = () => {
          while (process.stdout.write('x'.repeat(65_536)));
          process.stdout.once('drain', more)
        }
        return more()
      }
      case 'flood-of-lines': {
        const more = () => {
          while (process.stdout.write(`${JSON.stringify(answer)}\n`.repeat(500)));
          process.stdout.once('drain', more)
        }
        return more()
      }
      case 'half-a-line':
        return void process.stdout.write(JSON.stringify(answer).slice(0, 40))
      case 'last-first':
        if (gathered.length === 0)
          setTimeout(() => {
            for (const each of gathered.reverse()) say(answerQuestion(PricingQuestion.parse(JSON.parse(each))))
            gathered = []
          }, GATHER_MS)
        gathered.push(line)
        return
      case 'slow':
        return void setTimeout(() => say(answer), SLOW_MS)
      case 'floods-stderr':
        for (let written = 0; written < 64; written++) process.stderr.write('warning: '.repeat(4_096))
        return say(answer)
    }
  }
  process.stdin.on('end', () => process.exit(0))
  process.stdin.on(
    'data',
    splitLines(
      2 ** 30,
      (line) => {
        if (answered++ > 0 || how.endsWith('-at-once')) return misbehave(line)
        say(answerQuestion(PricingQuestion.parse(JSON.parse(line))))
      },
      () => undefined,
    ),
  )
}
