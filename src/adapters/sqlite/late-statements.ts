import type { RunResult, Statement } from 'better-sqlite3'
import type { SqliteDatabase } from './open-database.ts'

/** A statement of which everything is asked by place. */
export type LateStatement = Readonly<{
  run(...values: unknown[]): RunResult
  get(...values: unknown[]): unknown
  all(...values: unknown[]): unknown[]
  iterate(...values: unknown[]): Iterable<unknown>
  /** From then on a row is its first column. */
  pluck(): LateStatement
}>

export type Statements = Readonly<{ prepare(sql: string): LateStatement }>

/**
 * Statements that are compiled when they are first used. A bot has some eighty and needs a dozen to start: compiling all
 * of them took a twentieth of its start, and keeping them half a megabyte.
 */
export function lateStatements(db: SqliteDatabase): Statements {
  return { prepare: (sql) => late(db, sql, false) }
}

function late(db: SqliteDatabase, sql: string, plucked: boolean): LateStatement {
  let compiled: Statement<unknown[]> | undefined
  const compile = () => (compiled = plucked ? db.prepare<unknown[]>(sql).pluck() : db.prepare<unknown[]>(sql))
  return {
    run: (...values) => (compiled ?? compile()).run(...values),
    get: (...values) => (compiled ?? compile()).get(...values),
    all: (...values) => (compiled ?? compile()).all(...values),
    iterate: (...values) => (compiled ?? compile()).iterate(...values),
    pluck: () => late(db, sql, true),
  }
}
