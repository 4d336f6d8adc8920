import { existsSync, statSync } from 'node:fs'
import { Socket } from 'node:net'
import Database from 'better-sqlite3'
import type { CrashPlan, Trail } from './crash-plan.ts'
import { beginBackup, checkpointHalf } from './half-done-files.ts'

/**
 * Puts points into a bot without a line of test code in the product: around every commit of its databases, and around
 * every write to and read from the venue.
 *
 * * `commit:before:TABLES`, `commit:after:TABLES`: the tables written in the transaction, sorted, with commas
 * * `write:before:TABLES`, `write:after:TABLES`: a write that is a transaction of its own
 * * `migrate:before:VERSION`, `migrate:after:VERSION`
 * * `checkpoint:half` (a part of the write-ahead log is in state.db), `backup:during` (somebody reads state.db for a copy
 *   that will not be finished): after a commit of state.db, only where the plan asks for them
 * * `wire:before:METHOD PATH`, `wire:half:METHOD PATH` (half of the request is out), `wire:sent:METHOD PATH`
 * * `wire:answer:METHOD PATH` (the response is here and nobody has read it)
 * * `stream:message` (the venue told something, and nobody has read it)
 *
 * Order ids in paths are replaced by `:id`.
 */
export function installCrashHooks(plan: CrashPlan, trail: Trail): void {
  hookCommits(plan, trail)
  hookWire(plan, trail)
}

type Call = (...parameters: unknown[]) => unknown
type Runnable = { run: Call; get: Call; all: Call }
type Transaction = Call & Readonly<Record<'immediate' | 'exclusive' | 'deferred', Call>>

function hookCommits(plan: CrashPlan, trail: Trail): void {
  const { reach } = trail
  const prototype = Database.prototype as unknown as {
    name: string
    prepare: (sql: string) => Runnable
    pragma: (...parameters: unknown[]) => unknown
    transaction: (work: Call) => Transaction
  }
  const { prepare, pragma, transaction } = prototype
  const tables = new Set<string>()
  let isInside = false
  prototype.prepare = function (this: { name: string }, sql) {
    const statement = prepare.call(this as never, sql)
    const { run, get, all } = statement
    if (/^\s*BEGIN/i.test(sql))
      statement.run = (...parameters) => {
        const begun = run.apply(statement, parameters)
        isInside = true
        return begun
      }
    if (/^\s*ROLLBACK/i.test(sql))
      statement.run = (...parameters) => {
        isInside = false
        tables.clear()
        return run.apply(statement, parameters)
      }
    if (/^\s*COMMIT/i.test(sql))
      statement.run = (...parameters) => {
        const written = [...tables].sort().join(',')
        isInside = false
        tables.clear()
        return around(reach, 'commit', written, () => {
          const result = run.apply(statement, parameters)
          noteSynced(this.name, trail)
          if (this.name.endsWith('state.db')) reachFiles(plan, trail, this.name)
          return result
        })
      }
    const written = tablesOf(sql)
    if (written.length === 0) return statement
    const write = (work: () => unknown) => {
      if (!isInside)
        return around(reach, 'write', written.join(','), () => {
          const result = work()
          noteSynced(this.name, trail)
          return result
        })
      for (const table of written) tables.add(table)
      return work()
    }
    statement.run = (...parameters) => write(() => run.apply(statement, parameters))
    statement.get = (...parameters) => write(() => get.apply(statement, parameters))
    statement.all = (...parameters) => write(() => all.apply(statement, parameters))
    return statement
  }
  // Its BEGIN and COMMIT are prepared out of our sight.
  prototype.transaction = function (this: { name: string }, work) {
    let written = ''
    const begun = transaction.call(this as never, (...parameters) => {
      isInside = true
      tables.clear()
      const result = work(...parameters)
      written = [...tables].sort().join(',')
      reach(`commit:before:${written}`)
      return result
    })
    const ended = (run: Call): Call =>
      function (...parameters) {
        try {
          const result = run(...parameters)
          isInside = false
          reach(`commit:after:${written}`)
          return result
        } finally {
          isInside = false
          tables.clear()
        }
      }
    const { immediate, exclusive, deferred } = begun
    return Object.assign(ended(begun), {
      immediate: ended(immediate),
      exclusive: ended(exclusive),
      deferred: ended(deferred),
    })
  }
  prototype.pragma = function (...parameters) {
    const version = /^user_version = (\d+)/.exec(String(parameters[0]))?.[1]
    if (version !== undefined) reach(`migrate:before:${version}`)
    const result = pragma.apply(this, parameters)
    if (version !== undefined) reach(`migrate:after:${version}`)
    return result
  }
}

/** What a statement writes, sorted; what triggers write for it included. */
function tablesOf(sql: string): readonly string[] {
  const table = /^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)/i.exec(sql)?.[1]
  if (table === 'ordered_calls') return ['decisions', 'orders']
  if (table === 'orders' && /\bnote = \?/.test(sql)) return ['order_events', 'orders']
  return table === undefined ? [] : [table]
}

/** Points that are states of the files, and that no call of ours passes through. */
function reachFiles({ at }: CrashPlan, { reach }: Trail, database: string): void {
  if (at.includes('checkpoint:half')) reach('checkpoint:half', () => checkpointHalf(database))
  if (at.includes('backup:during')) reach('backup:during', () => beginBackup(database))
}

/** `wal BYTES`: how much of the state's write-ahead log has certainly reached the disk; every commit waits for that. */
function noteSynced(database: string, trail: Trail): void {
  const wal = `${database}-wal`
  if (database.endsWith('state.db') && existsSync(wal)) trail.note(`wal ${statSync(wal).size}`)
}

function around(reach: Trail['reach'], what: string, written: string, work: () => unknown): unknown {
  reach(`${what}:before:${written}`)
  const result = work()
  reach(`${what}:after:${written}`)
  return result
}

type Wired = Socket & {
  connecting: boolean
  _writeGeneric: (writev: boolean, data: unknown, encoding: BufferEncoding, done: () => void) => void
  push: (chunk: Buffer | null, encoding?: BufferEncoding) => boolean
}

function hookWire({ venuePort }: CrashPlan, { reach }: Trail): void {
  const prototype = Socket.prototype as Wired
  const { _writeGeneric: write, push } = prototype
  const asked = new WeakMap<Socket, string>()
  prototype._writeGeneric = function (this: Wired, writev, data, encoding, done) {
    if (this.connecting || this.remotePort !== venuePort) return write.call(this, writev, data, encoding, done)
    const bytes = bytesOf(writev, data, encoding)
    const request = /^([A-Z]+) (\S+) HTTP/.exec(bytes.toString('latin1', 0, 500))
    if (!request) return write.call(this, writev, data, encoding, done)
    const label = `${request[1]} ${pathOf(request[2] ?? '')}`
    asked.set(this, label)
    reach(`wire:before:${label}`)
    const half = Math.floor(bytes.length / 2)
    write.call(this, false, bytes.subarray(0, half), 'buffer' as BufferEncoding, () => undefined)
    reach(`wire:half:${label}`)
    write.call(this, false, bytes.subarray(half), 'buffer' as BufferEncoding, done)
    reach(`wire:sent:${label}`)
  }
  prototype.push = function (this: Wired, chunk, encoding) {
    const label = chunk === null ? undefined : asked.get(this)
    if (label !== undefined && this.remotePort === venuePort) {
      if (label.endsWith('/stream')) reach('stream:message')
      else reach(`wire:answer:${label}`)
    }
    return push.call(this, chunk, encoding)
  }
}

function bytesOf(writev: boolean, data: unknown, encoding: BufferEncoding): Buffer {
  const one = (chunk: unknown, as: BufferEncoding) =>
    typeof chunk === 'string' ? Buffer.from(chunk, as) : Buffer.from(chunk as Uint8Array)
  if (!writev) return one(data, encoding)
  return Buffer.concat(
    (data as { chunk: unknown; encoding: BufferEncoding }[]).map((part) => one(part.chunk, part.encoding)),
  )
}

function pathOf(target: string): string {
  return (target.split('?')[0] ?? '')
    .replace(/\/orders\/(?!by-client-id)[^/]+/, '/orders/:id')
    .replace(/by-client-id\/[^/]+/, 'by-client-id/:id')
}
