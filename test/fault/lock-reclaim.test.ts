import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { openHome } from '../../src/adapters/home/open-home.ts'
import { ACCOUNT, killedHolderIn } from '../support/guard-fleet.ts'
import type { VisitorOrder } from '../support/guard-visitor.ts'
import { tempHome } from '../support/temp-home.ts'
import { programOf } from '../support/programs/programs.ts'

const script = programOf('guard-visitor')

type Visit = { entered: number; overlaps: number; refusals: string[] }

describe('L9: processes that find a dead holder at the same moment', () => {
  it('get its account one at a time, all of them, and never two at once', async () => {
    const layout = openHome(tempHome())
    await killedHolderIn(layout.root)
    const visits = await storm(layout, 20, { visits: 3 })
    expect(visits.map((it) => it.entered)).toEqual(visits.map(() => 3))
    expect(overlapsOf(visits)).toBe(0)
    expect(refusalsOf(visits)).toEqual(new Set(['account-held']))
  })

  it('do not overlap when each of them dies with the guard in its hands', async () => {
    const layout = openHome(tempHome())
    await killedHolderIn(layout.root)
    const visits = await storm(layout, 12, { visits: 1, die: true })
    expect(visits.map((it) => it.entered)).toEqual(visits.map(() => 1))
    expect(overlapsOf(visits)).toBe(0)
  })

  it.each([
    ['overwritten with garbage', (path: string) => writeFileSync(path, 'garbage '.repeat(500))],
    ['replaced by a folder', (path: string) => mkdirSync(path)],
  ])('do not overlap while they mend a guard file %s', async (_, damage) => {
    const layout = openHome(tempHome())
    const crowd = await Promise.all(Array.from({ length: 8 }, () => startVisitor(layout)))
    const ROUNDS = 40
    for (let round = 0; round < ROUNDS; round++) {
      rmSync(layout.guard(ACCOUNT), { force: true })
      damage(layout.guard(ACCOUNT))
      const visits = await Promise.all(crowd.map((it) => it.visit()))
      expect(overlapsOf(visits)).toBe(0)
    }
    expect(readdirSync(layout.quarantine)).toHaveLength(ROUNDS)
  })
})

/** A visitor that is there already, so that all of a crowd start at the same moment. */
async function startVisitor(layout: HomeLayout): Promise<{ visit: () => Promise<Visit> }> {
  const order: VisitorOrder = { home: layout.root, accountId: ACCOUNT, visits: 1, onCommand: true }
  const child = spawn(process.execPath, [script, JSON.stringify(order)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const lines = createInterface({ input: child.stdout })
  const visit = async () => {
    const [line] = (await once(lines, 'line')) as [string]
    return JSON.parse(line) as Visit
  }
  await visit()
  return {
    visit: () => {
      const visited = visit()
      child.stdin.write('go\n')
      return visited
    },
  }
}

async function storm(layout: HomeLayout, count: number, order: Pick<VisitorOrder, 'visits' | 'die'>): Promise<Visit[]> {
  const text = JSON.stringify({ home: layout.root, accountId: ACCOUNT, ...order } satisfies VisitorOrder)
  return Promise.all(
    Array.from({ length: count }, async () => {
      const child = spawn(process.execPath, [script, text], { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(child, 'exit')
      const [said] = await Promise.all([child.stdout.setEncoding('utf8').toArray(), ended])
      return JSON.parse(said.join('')) as Visit
    }),
  )
}

const overlapsOf = (visits: readonly Visit[]) => visits.reduce((sum, it) => sum + it.overlaps, 0)
const refusalsOf = (visits: readonly Visit[]) => new Set(visits.flatMap((it) => it.refusals))
