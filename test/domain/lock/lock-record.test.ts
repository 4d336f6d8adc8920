import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import {
  describeHolder,
  isExactStart,
  isSameStart,
  judgeHolder,
  mayBeHeld,
  parseLockRecord,
  type Here,
  type HolderVerdict,
  type LockRecord,
  type SeenProcess,
} from '../../../src/domain/lock/lock-record.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const HERE: Here = { hostId: 'this computer', bootId: 'this boot', pidNamespace: 'pid:[1]', user: '1000' }

function recordOf(fields: Partial<LockRecord> = {}): LockRecord {
  return {
    version: 1,
    accountId: 'alpha-1' as AccountId,
    instanceId: 'i-1',
    pid: 4711,
    ppid: 1,
    startTicks: '100',
    bootId: HERE.bootId,
    pidNamespace: HERE.pidNamespace,
    hostId: HERE.hostId,
    exe: '/usr/bin/node',
    appVersion: '0.1.0',
    mode: 'paper',
    user: '1000',
    controlEndpoint: '/run/a.sock',
    generation: 3,
    startedAt: epochMs(Date.UTC(2026, 0, 5, 14, 30)),
    ...fields,
  }
}

function processOf(fields: Partial<SeenProcess> = {}): SeenProcess {
  return { pid: 4711, startTicks: '100', life: 'running', command: 'node', foreign: false, ...fields }
}

describe('a lock record', () => {
  const record = recordOf()

  it('names a living holder when its PID and start time are those of a process', () => {
    expect(judgeHolder(record, processOf(), HERE)).toEqual({ kind: 'alive', record })
  })

  it('is stale when no process has its PID', () => {
    expect(judgeHolder(record, undefined, HERE)).toEqual({ kind: 'gone', record })
  })

  it('is stale when its PID now belongs to another process', () => {
    const verdict = judgeHolder(record, processOf({ startTicks: '250', command: 'firefox' }), HERE)
    expect(verdict).toEqual({ kind: 'pid-reused', record, by: 'firefox' })
  })

  it('is stale when it is of another boot, even if everything else fits', () => {
    const old = recordOf({ bootId: 'last boot' })
    expect(judgeHolder(old, processOf(), HERE)).toEqual({ kind: 'other-boot', record: old })
  })

  it('is of another computer when neither the boot nor the computer is this one', () => {
    const foreign = recordOf({ bootId: 'their boot', hostId: 'their computer' })
    expect(judgeHolder(foreign, processOf(), HERE)).toEqual({ kind: 'other-host', record: foreign })
  })

  it('is of this computer when the boot is, whatever a container calls the computer', () => {
    const contained = recordOf({ hostId: 'a container' })
    expect(judgeHolder(contained, processOf(), HERE).kind).toBe('alive')
  })

  it('says nothing of a process in another PID namespace', () => {
    const contained = recordOf({ pidNamespace: 'pid:[2]' })
    expect(judgeHolder(contained, undefined, HERE)).toMatchObject({ kind: 'unknown', record: contained })
  })

  it('is stale when its holder is a zombie', () => {
    expect(judgeHolder(record, processOf({ life: 'zombie' }), HERE)).toEqual({ kind: 'zombie', record })
  })

  it('names a paused holder when its process is stopped', () => {
    const verdict = judgeHolder(record, processOf({ life: 'stopped' }), HERE)
    expect(verdict).toEqual({ kind: 'unresponsive', record, paused: true })
  })

  it('can not be judged when the start of the process is not told', () => {
    expect(judgeHolder(record, processOf({ startTicks: '' }), HERE)).toMatchObject({ kind: 'unknown', record })
    const bare = recordOf({ startTicks: '' })
    expect(judgeHolder(bare, processOf(), HERE)).toMatchObject({ kind: 'unknown', record: bare })
  })

  it('of our own user is stale when we may not signal the process', () => {
    const hidden = processOf({ startTicks: '', foreign: true, command: 'another program' })
    expect(judgeHolder(record, hidden, HERE)).toEqual({ kind: 'pid-reused', record, by: 'another program' })
  })

  it('of another user can not be judged by whether we may signal the process', () => {
    const hidden = processOf({ startTicks: '', foreign: true })
    expect(judgeHolder(recordOf({ user: '2000' }), hidden, HERE).kind).toBe('unknown')
  })

  it('is never taken for alive unless start, boot and namespace all fit', () => {
    const few = fc.constantFrom('', 'a', 'b')
    const ticks = fc.constantFrom('', '100', '101', 'ms:5000')
    const life = fc.constantFrom('running', 'stopped', 'zombie' as const)
    fc.assert(
      fc.property(
        fc.record({ bootId: few, hostId: few, pidNamespace: few, startTicks: ticks }),
        fc.record({ bootId: few, hostId: few, pidNamespace: few }),
        fc.option(fc.record({ startTicks: ticks, life: life as fc.Arbitrary<SeenProcess['life']> })),
        (fields, here, seen) => {
          const verdict = judgeHolder(recordOf(fields), seen ? processOf(seen) : undefined, here)
          if (verdict.kind !== 'alive') return
          const fits = (a: string, b: string) => a === '' || b === '' || a === b
          expect(seen).toMatchObject({ startTicks: fields.startTicks, life: 'running' })
          expect(fields.startTicks).not.toBe('')
          expect(fits(fields.bootId, here.bootId) && fits(fields.pidNamespace, here.pidNamespace)).toBe(true)
        },
      ),
    )
  })
})

describe('the start of a process', () => {
  it('is exact in ticks: one more is another process', () => {
    expect(isSameStart('100', '100')).toBe(true)
    expect(isSameStart('100', '101')).toBe(false)
    expect([isExactStart('100'), isExactStart('ms:100'), isExactStart('')]).toEqual([true, false, false])
  })

  it('may be off by the coarseness of the clock it is read from, and no more', () => {
    expect(isSameStart('ms:1000000', 'ms:1004000')).toBe(true)
    expect(isSameStart('ms:1000000', 'ms:1006000')).toBe(false)
    expect(isSameStart('ms:1000000', '1000000')).toBe(false)
  })

  it('is not the same when it is not known', () => {
    expect(isSameStart('', '')).toBe(false)
  })
})

describe('a lock record on disk', () => {
  it('is read back as it was written', () => {
    const record = recordOf()
    expect(parseLockRecord(JSON.parse(JSON.stringify(record)))).toEqual(record)
    const launcher = recordOf({ accountId: null, mode: null })
    expect(parseLockRecord(JSON.parse(JSON.stringify(launcher)))).toEqual(launcher)
  })

  it('is not a record when any part is missing or of another type', () => {
    const optional = ['user']
    for (const field of Object.keys(recordOf()).filter((it) => !optional.includes(it))) {
      const { [field]: _, ...rest } = recordOf() as unknown as Record<string, unknown>
      expect(parseLockRecord(rest), `without ${field}`).toBeUndefined()
      expect(parseLockRecord({ ...rest, [field]: ['x'] }), `with a wrong ${field}`).toBeUndefined()
    }
    expect(parseLockRecord({ ...recordOf(), version: 2 })).toBeUndefined()
    expect(parseLockRecord({ ...recordOf(), pid: -1 })).toBeUndefined()
    expect(parseLockRecord({ ...recordOf(), pid: 0 })).toBeUndefined()
    expect(parseLockRecord({ ...recordOf(), pid: 1.5 })).toBeUndefined()
  })

  it('may be anything at all, and is then no record', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => parseLockRecord(value) === undefined))
  })
})

describe('what a trader is told of a holder', () => {
  const record = recordOf()
  const VERDICTS: HolderVerdict[] = [
    { kind: 'free' },
    { kind: 'alive', record },
    { kind: 'gone', record },
    { kind: 'pid-reused', record, by: 'firefox' },
    { kind: 'other-boot', record },
    { kind: 'other-host', record },
    { kind: 'zombie', record },
    { kind: 'unresponsive', record, paused: true },
    { kind: 'unresponsive', record, paused: false },
    { kind: 'unknown', record, why: 'its guard is taken' },
    { kind: 'unknown', why: 'its guard is taken' },
  ]

  it.each(VERDICTS)('is one sentence for $kind', (verdict) => {
    expect(describeHolder(verdict)).toMatch(/^[A-Z].*\.$/)
  })

  it('says who, as which process, since when', () => {
    expect(describeHolder({ kind: 'alive', record })).toBe(
      'The bot of account alpha-1 has been running as process 4711 since 2026-01-05 14:30:00 UTC.',
    )
  })

  it('names the launcher in its own record', () => {
    const launcher = recordOf({ accountId: null, mode: null })
    expect(describeHolder({ kind: 'gone', record: launcher })).toMatch(/^The launcher /)
  })

  it('survives a record with an impossible time', () => {
    const odd = recordOf({ startedAt: epochMs(Number.MAX_SAFE_INTEGER) })
    expect(describeHolder({ kind: 'alive', record: odd })).toContain('since an unknown time')
  })

  it('leaves room for a living holder wherever that can not be ruled out', () => {
    const kinds = VERDICTS.filter(mayBeHeld).map((it) => it.kind)
    expect(new Set(kinds)).toEqual(new Set(['alive', 'unresponsive', 'unknown']))
  })
})
