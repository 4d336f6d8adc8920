import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isExactStart, isSameStart, judgeHolder, type LockRecord } from '../../../src/domain/lock/lock-record.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { nameProcess } from '../../../src/adapters/process/name-process.ts'
import { ownIdentity } from '../../../src/adapters/process/own-identity.ts'
import { parsePowerShellProcess, parseProcStat, parsePsLine } from '../../../src/adapters/process/process-text.ts'
import { seeProcess, seeProcessSync } from '../../../src/adapters/process/see-process.ts'
import { signalIfSame } from '../../../src/adapters/process/signal-process.ts'

/** A Node process that waits; killed when the test ends. */
async function startSleeper(script = ''): Promise<ChildProcess & { pid: number }> {
  const code = `${script}; setInterval(() => {}, 1000); process.stdout.write('ready')`
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  await once(child.stdout, 'data')
  return child as ChildProcess & { pid: number }
}

async function recordFor(pid: number): Promise<LockRecord> {
  const seen = await seeProcess(pid)
  return {
    version: 1,
    accountId: null,
    instanceId: 'i',
    ...ownIdentity(),
    pid,
    startTicks: seen?.startTicks ?? '',
    appVersion: '0.1.0',
    mode: null,
    controlEndpoint: '',
    generation: 0,
    startedAt: epochMs(0),
  }
}

const isLinux = process.platform === 'linux'

describe('seeing a process', () => {
  it('finds this one under the identity it has of itself', async () => {
    const own = ownIdentity()
    expect(own).toMatchObject({ pid: process.pid, ppid: process.ppid, exe: process.execPath })
    const seen = await seeProcess(process.pid)
    expect(seen).toMatchObject({ pid: process.pid, life: 'running', foreign: false })
    expect(isSameStart(seen?.startTicks ?? '', own.startTicks)).toBe(true)
    expect(seeProcessSync(process.pid)).toEqual(seen)
  })

  it.skipIf(!isLinux)('knows the exact start, boot, namespace and computer on Linux', () => {
    const own = ownIdentity()
    expect(isExactStart(own.startTicks)).toBe(true)
    expect(own.bootId).toMatch(/^[0-9a-f-]{36}$/)
    expect(own.pidNamespace).toMatch(/^pid:\[\d+\]$/)
    expect(own.hostId).not.toBe('')
    if (existsSync('/etc/machine-id')) expect(own.hostId).not.toContain(readFileSync('/etc/machine-id', 'utf8').trim())
  })

  it('finds nothing under the PID of a process that has ended', async () => {
    const child = await startSleeper()
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await seeProcess(child.pid)).toBeUndefined()
    expect(seeProcessSync(child.pid)).toBeUndefined()
  })

  it.each([0, -1, 1.5, Number.NaN, 2 ** 40])('finds nothing under the impossible PID %s', async (pid) => {
    expect(await seeProcess(pid)).toBeUndefined()
  })

  it.skipIf(process.platform === 'win32')('tells one that is stopped from one that runs', async () => {
    const child = await startSleeper()
    child.kill('SIGSTOP')
    await expect.poll(async () => (await seeProcess(child.pid))?.life, { timeout: 30_000 }).toBe('stopped')
    child.kill('SIGCONT')
    await expect.poll(async () => (await seeProcess(child.pid))?.life, { timeout: 30_000 }).toBe('running')
  })

  it.skipIf(!isLinux)('is not misled by what a process calls itself', async () => {
    const child = await startSleeper(`process.title = 'x) Z 1 (y'`)
    const seen = await seeProcess(child.pid)
    expect(seen?.life).toBe('running')
    expect(seen?.command).toContain(') Z 1 (')
    expect(isExactStart(seen?.startTicks ?? '')).toBe(true)
  })

  it('gives two processes different starts or PIDs', async () => {
    const [a, b] = [await startSleeper(), await startSleeper()]
    const record = await recordFor(a.pid)
    expect(judgeHolder(record, await seeProcess(a.pid), ownIdentity()).kind).toBe('alive')
    if (!isLinux) return
    const disguised = { ...record, pid: b.pid }
    expect(judgeHolder(disguised, await seeProcess(b.pid), ownIdentity()).kind).toBe('pid-reused')
  })

  it('names one for a trader', async () => {
    const child = await startSleeper()
    expect(await nameProcess(child.pid, 'nothing')).toMatch(/node/i)
    expect(await nameProcess(2 ** 30, 'another program')).toBe('another program')
  })
})

describe('the text of /proc/<pid>/stat', () => {
  const line = (command: string, state: string, flags: number) =>
    `4711 (${command}) ${state} 1 2 3 4 5 ${flags} 7 8 9 10 11 12 13 14 15 16 17 18 184303 20 21`

  it('is read whatever the command is called', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 15, unit: 'binary' }), (command) => {
        expect(parseProcStat(line(command, 'S', 0))).toEqual({ command, life: 'running', startTicks: '184303' })
      }),
    )
  })

  it.each([
    ['R', 0, 'running'],
    ['S', 0, 'running'],
    ['D', 0, 'running'],
    ['I', 0, 'running'],
    ['T', 0, 'stopped'],
    ['t', 0, 'stopped'],
    ['Z', 0, 'zombie'],
    ['X', 0, 'zombie'],
    ['R', 0x40_40_04, 'zombie'],
  ])('in state %s with flags %i means %s', (state, flags, life) => {
    expect(parseProcStat(line('node', state, flags))?.life).toBe(life)
  })

  it.each([
    '',
    '4711',
    '4711 (node',
    '4711 (node) S 1 2',
    '4711 (node) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x',
  ])('that is cut off (%j) tells nothing', (text) => {
    expect(parseProcStat(text)).toBeUndefined()
  })
})

describe('the text of ps', () => {
  it.each([
    ['Ss   Thu Nov 20 09:05:01 2025     /usr/local/bin/node\n', 'running', 'node'],
    ['U+   Sun Nov  2 23:59:59 2025     /Applications/My App.app/Contents/MacOS/My App\n', 'running', 'My App'],
    ['T    Thu Nov 20 09:05:01 2025     node', 'stopped', 'node'],
    ['Z    Thu Nov 20 09:05:01 2025     (node)', 'zombie', '(node)'],
  ])('%j is read', (text, life, command) => {
    expect(parsePsLine(text)).toEqual({ startTicks: expect.stringMatching(/^ms:\d+$/), life, command })
  })

  it('is read in UTC', () => {
    expect(parsePsLine('S Thu Nov 20 09:05:01 2025 node')?.startTicks).toBe(`ms:${Date.UTC(2025, 10, 20, 9, 5, 1)}`)
  })

  it.each(['', 'S', 'S Thu Nov 99 09:05:01 2025 node', 'ps: illegal option'])('%j tells nothing', (text) => {
    expect(parsePsLine(text)).toBeUndefined()
  })

  it.skipIf(process.platform === 'win32')('of this machine gives our own start', () => {
    const { stdout } = spawnSync('ps', ['-o', 'state=,lstart=,comm=', '-p', String(process.pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
    })
    const own = `ms:${Math.round(performance.timeOrigin)}`
    expect(isSameStart(parsePsLine(stdout)?.startTicks ?? '', own)).toBe(true)
  })
})

describe('the text of PowerShell', () => {
  it('is read with its start in milliseconds', () => {
    expect(parsePowerShellProcess('{"name":"node","start":"2025-11-20T09:05:01.1234567Z"}\r\n')).toEqual({
      startTicks: `ms:${Date.UTC(2025, 10, 20, 9, 5, 1, 123)}`,
      life: 'running',
      command: 'node',
    })
  })

  it('leaves the start open where Windows denies it', () => {
    expect(parsePowerShellProcess('{"name":"System","start":null}')).toMatchObject({ startTicks: '' })
  })

  it.each(['', 'null', '[]', 'Get-Process : Cannot find a process', '{"start":"x"}'])('%j tells nothing', (text) => {
    expect(parsePowerShellProcess(text)).toBeUndefined()
  })
})

describe('a signal', () => {
  it('reaches the process of the record', async () => {
    const child = await startSleeper()
    expect(await signalIfSame(await recordFor(child.pid), 'SIGTERM')).toBe('sent')
    if (child.signalCode === null && child.exitCode === null) await once(child, 'exit')
  })

  it.skipIf(!isLinux)('does not reach another process with its PID', async () => {
    const child = await startSleeper()
    const record = await recordFor(child.pid)
    const other = { ...record, startTicks: String(Number(record.startTicks) - 1) }
    expect(await signalIfSame(other, 'SIGKILL')).toBe('not-same')
    expect(await signalIfSame({ ...record, bootId: 'another boot' }, 'SIGKILL')).toBe('not-same')
    expect(await signalIfSame({ ...record, startTicks: '' }, 'SIGKILL')).toBe('not-same')
    expect(child.kill(0)).toBe(true)
  })

  it.skipIf(process.platform === 'win32')('reaches one that is stopped', async () => {
    const child = await startSleeper()
    child.kill('SIGSTOP')
    expect(await signalIfSame(await recordFor(child.pid), 'SIGKILL')).toBe('sent')
    await once(child, 'exit')
  })

  it('finds nobody where the process has ended', async () => {
    const child = await startSleeper()
    const record = await recordFor(child.pid)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await signalIfSame(record, 'SIGTERM')).toBe('gone')
  })
})
