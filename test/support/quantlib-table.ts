import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OptionQuestion, OptionType } from '../../src/domain/options/option-pricing.ts'
import { repoRoot } from './repo-root.ts'

export const QUANTLIB_FIXTURES = join(repoRoot, 'test', 'fixtures', 'options')
export type TableName = 'european' | 'black76' | 'american'
type QuantLibTable = { quantlib: string; columns: string[]; rows: (string | number)[][] }

/** A table as test/support/quantlib-oracle.py wrote it. */
export function quantLibTable(name: TableName, folder = QUANTLIB_FIXTURES): QuantLibTable {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as QuantLibTable
}

/** A question, and what QuantLib answers to it. */
export type QuantLibCase = Readonly<{ question: OptionQuestion; answer: Readonly<Record<string, number>> }>

export function quantLibCases(name: TableName): QuantLibCase[] {
  const { columns, rows } = quantLibTable(name)
  return rows.map((row) => {
    const type = row[0] as OptionType
    const is = Object.fromEntries(columns.map((column, at) => [column, row[at] as number])) as Record<string, number>
    const { spot, forward, strike, years, rate, dividend, volatility, ...rest } = is
    const terms = { type, strike: strike!, years: years!, rate: rate!, volatility: volatility! }
    const { type: _, ...answer } = rest
    const question: OptionQuestion =
      name === 'black76'
        ? { ...terms, model: 'black76', style: 'european', forward: forward! }
        : { ...terms, model: 'bsm', style: name, spot: spot!, dividend: dividend! }
    return { question, answer }
  })
}
