import fc from 'fast-check'
import type { LineWish } from '../../src/adapters/log/reader/line-filter.ts'

const word = fc.constantFrom('fill', 'Fill', 'margin', 'say "hi"', 'größe', 'GRÖSSE', 'x.y', '\\', 'a\tb', '🙂')
const level = fc.constantFrom('debug', 'info', 'warn', 'error', 'loud', 'warm')

/** A line as a bot writes it. */
export const ownLine = (
  n: number,
  fields: { level?: string; event?: string; msg?: string; at?: number } = {},
): string =>
  JSON.stringify({
    time: new Date(fields.at ?? Date.UTC(2026, 0, 2) + n * 1_000).toISOString(),
    level: fields.level ?? 'info',
    event: fields.event ?? 'bar',
    msg: fields.msg ?? `line ${n}`,
  })

const own = fc
  .record({ level, event: word, msg: fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')), n: fc.nat(100) })
  .map(({ n, ...fields }) => ownLine(n, fields))

/** Lines as they stand in logs: ours, torn ones, those of other programs, and nothing. */
export const anyLines = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: own },
    // Torn, but never just behind a closing brace: that alone tells a torn line from a whole one.
    { weight: 1, arbitrary: fc.tuple(own, fc.nat(60)).map(([line, at]) => line.slice(0, at).replace(/\}$/, '')) },
    { weight: 1, arbitrary: word },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        '{}',
        '[1]',
        '{"event":"fill"}',
        '{"level":"warn","event":"fill"}',
        '{"a":{"event":"fill"}}',
      ),
    },
  ),
  { maxLength: 30 },
)

const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined, freq: 2 })

export const wishOf: fc.Arbitrary<LineWish> = fc.record({
  level: maybe(fc.constantFrom('debug', 'info', 'warn', 'error')),
  event: maybe(fc.constantFrom('fill', 'fi*', 'margin', 'größe', 'x.y')),
  text: maybe(word),
  grep: maybe(
    fc.constantFrom(
      'fill',
      'f.ll',
      'gr(ö|x)',
      '^$',
      'say',
      'x\\.y',
      '"level":"warn"',
      'line \\d+',
      'fill|margin',
      'x\\.y|say',
      '(fill|say) "',
    ),
  ),
  ignoreCase: fc.boolean(),
})
