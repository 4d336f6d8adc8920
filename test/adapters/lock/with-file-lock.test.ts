import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { withFileLock } from '../../../src/adapters/lock/with-file-lock.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

/** As if it had been left there an hour ago. */
function age(path: string): void {
  const past = Date.now() / 1000 - 3600
  utimesSync(path, past, past)
}

describe('a section over a shared file', () => {
  it('runs alone, gives its result back, and leaves nothing behind', async () => {
    const path = join(tempHome(), 'account.json')
    let inside = 0
    let most = 0
    const results = await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        withFileLock(path, async () => {
          most = Math.max(most, ++inside)
          await delay(5)
          inside--
          return i
        }),
      ),
    )
    expect(results).toEqual([0, 1, 2, 3, 4])
    expect(most).toBe(1)
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('loses no write of processes that add to the file at once', async () => {
    const path = join(tempHome(), 'count.json')
    writeFileSync(path, '0')
    const script = programOf('guard-counter')
    const children = Array.from({ length: 4 }, () => spawn(process.execPath, [script, path, '5'], { stdio: 'inherit' }))
    const codes = await Promise.all(children.map(async (it) => (await once(it, 'exit'))[0] as number))
    expect(codes).toEqual([0, 0, 0, 0])
    expect(readFileSync(path, 'utf8')).toBe('20')
  })

  it('is given back when it fails', async () => {
    const path = join(tempHome(), 'account.json')
    await expect(withFileLock(path, () => Promise.reject(new Error('bad setting')))).rejects.toThrow('bad setting')
    expect(await withFileLock(path, () => 'next')).toBe('next')
  })

  it('takes over from a process that died in its own, however long ago', async () => {
    const path = join(tempHome(), 'account.json')
    mkdirSync(`${path}.lock`)
    age(`${path}.lock`)
    expect(await withFileLock(path, () => 'done')).toBe('done')
  })

  it.each(['.DS_Store', 'desktop.ini', 'Thumbs.db'])(
    'is not kept out for ever by %s in a left-behind lock',
    async (name) => {
      const path = join(tempHome(), 'account.json')
      mkdirSync(`${path}.lock`)
      writeFileSync(join(`${path}.lock`, name), 'x')
      age(`${path}.lock`)
      expect(await withFileLock(path, () => 'done')).toBe('done')
    },
  )

  it('is not kept out for ever by a plain file in place of the lock', async () => {
    const path = join(tempHome(), 'account.json')
    writeFileSync(`${path}.lock`, '')
    age(`${path}.lock`)
    expect(await withFileLock(path, () => 'done')).toBe('done')
  })

  it('is refused in plain words while another process stays in its own', async () => {
    const path = join(tempHome(), 'account.json')
    const child = fork(programOf('guard-counter'), [path, 'stay'], { stdio: 'inherit' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child, 'message')
    const refused = await withFileLock(path, () => 'done', { staleMs: 30_000, tries: 10 }).catch(
      (error: unknown) => error,
    )
    expect(refused).toBeInstanceOf(Refused)
    expect((refused as Refused).refusal).toMatchObject({ code: 'timed-out', message: expect.stringContaining(path) })
  })

  it('is told, and refused, when its lock was taken from it', async () => {
    const path = join(tempHome(), 'account.json')
    const leave = async (signal: AbortSignal) => {
      rmSync(`${path}.lock`, { recursive: true })
      await once(signal, 'abort')
    }
    const refused = await withFileLock(path, leave, { staleMs: 2_000, tries: 10 }).catch((error: unknown) => error)
    expect((refused as Refused).refusal).toMatchObject({ code: 'timed-out' })
    expect(readdirSync(join(path, '..'))).toEqual([])
  })
})
