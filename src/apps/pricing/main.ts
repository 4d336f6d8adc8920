import { constants, setPriority } from 'node:os'
import { splitLines } from '../../adapters/process/split-lines.ts'
import { LONGEST_PRICING_LINE, PricingQuestion } from '../../contracts/pricing-protocol.ts'
import { answerQuestion } from './answer-question.ts'
import { boundedBy } from './bounded-by.ts'

/**
 * The longest that what came in one piece may be worked at, milliseconds. The bot gives up long before; this is for the
 * bot that died meanwhile: mathematics that never ends would never see that standard input has.
 */
const LONGEST_WORK_MS = 10_000

/** The pricing service: answers questions from standard input until that is closed. Holds nothing between two of them. */
function main(): void {
  lowerPriority()
  // Ctrl-C in a bot's terminal reaches us too; the bot, which leaves in order, closes our input when it is done with us.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
  process.stdout.on('error', () => process.exit(0))
  process.stdin.on('end', () => process.exit(0))
  process.stdin.on('error', () => process.exit(0))
  process.stdin.on('data', boundedBy(LONGEST_WORK_MS, splitLines(LONGEST_PRICING_LINE, answerLine, refuseLongLine)))
}

function answerLine(line: string): void {
  const answer = answerQuestion(PricingQuestion.parse(JSON.parse(line)))
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

function refuseLongLine(): never {
  throw new Error(`a question of more than ${LONGEST_PRICING_LINE} bytes`)
}

/** A decision can wait for the price of an option; the bot's own loop, and other bots, come first. */
function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Some containers forbid it; prices are right at any priority.
  }
}

main()
