import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BotProcess } from '../../src/adapters/bot-process/spawn-bot.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import {
  addAccount,
  BUNDLED_BOT,
  generateBars,
  prepareHome,
  removeHome,
  startBot,
  untilBot,
} from '../support/bot-fleet.ts'
import type { Figure } from './figure.ts'

export const name = 'bots: starting, restarting and memory'

const FLEET = 20
const ROUNDS = 5

/** The least a process can be that is there and answers: Node, a socket, a greeting. */
const BARE = `require('node:net').createServer((s) => s.end('hello')).listen(process.argv[1])`

export async function run(): Promise<{ figures: Figure[] }> {
  const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  // Bots are detached: waiting for one alone would not keep this process alive.
  const awake = setInterval(() => undefined, 1_000)
  try {
    const layout = prepareHome(home)
    generateBars(layout, 'MES', 6, 1)
    const ids: AccountId[] = []
    // Real time: a bot that stays in its first minutes of data trades for as long as we look at it.
    for (let i = 0; i < FLEET; i++)
      ids.push(await addAccount(layout, `bench-${i}`, { symbol: 'MES', feed: 'replay:1x' }))
    return { figures: [...(await fleetFigures(layout, ids)), await restartFigure(layout, ids[0]!)] }
  } finally {
    clearInterval(awake)
    removeHome(home)
  }
}

async function fleetFigures(layout: HomeLayout, ids: readonly AccountId[]): Promise<Figure[]> {
  const bare: number[] = []
  const ours: number[] = []
  let memory = 0
  for (let round = 0; round <= ROUNDS; round++) {
    const bareMs = await timeBare(layout.root)
    const [ourMs, pss] = await timeFleet(layout, ids)
    // The first round fills caches: the disk's, and the compiled code's.
    if (round === 0) continue
    bare.push(bareMs)
    ours.push(ourMs)
    memory = Math.max(memory, pss)
  }
  const ratio = median(ours) / median(bare)
  return [
    {
      name: `${FLEET} bots started together until all trade, against ${FLEET} bare Node processes`,
      value: ratio,
      limit: 3,
      unit: 'x baseline',
      baseline: median(bare),
      note: `${median(ours).toFixed(0)} ms against ${median(bare).toFixed(0)} ms, median of ${ROUNDS}`,
    },
    ...(memory > 0
      ? [{ name: `memory of a bot, ${FLEET} running (PSS)`, value: memory / 2 ** 20, limit: 25, unit: 'MiB' }]
      : []),
  ]
}

async function timeBare(folder: string): Promise<number> {
  const began = performance.now()
  const children: ChildProcess[] = []
  const ready: Promise<void>[] = []
  for (let i = 0; i < FLEET; i++) {
    const path =
      process.platform === 'win32' ? `\\\\.\\pipe\\bare-${process.pid}-${i}` : join(folder, 'run', `bare-${i}`)
    // A killed server leaves its socket file behind.
    rmSync(path, { force: true })
    children.push(spawn(process.execPath, ['-e', BARE, path], { stdio: 'ignore' }))
    ready.push(greeting(path))
  }
  await Promise.all(ready)
  const took = performance.now() - began
  await Promise.all(children.map(end))
  return took
}

async function greeting(path: string): Promise<void> {
  for (;;) {
    const heard = await new Promise<boolean>((resolve) => {
      const socket = connect(path)
      socket.once('data', () => resolve(true)).once('error', () => resolve(false))
    })
    if (heard) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function timeFleet(layout: HomeLayout, ids: readonly AccountId[]): Promise<[ms: number, pss: number]> {
  const began = performance.now()
  const bots = await Promise.all(ids.map((id) => startBot(layout, id, BUNDLED_BOT)))
  await Promise.all(ids.map((id) => untilBot(layout, id, isTrading)))
  const took = performance.now() - began
  const pss = process.platform === 'linux' ? bots.reduce((sum, bot) => sum + pssOf(bot.pid), 0) / bots.length : 0
  await killAll(bots)
  return [took, pss]
}

async function restartFigure(layout: HomeLayout, id: AccountId): Promise<Figure> {
  const times: number[] = []
  const generations: number[] = []
  let bot = await startBot(layout, id, BUNDLED_BOT)
  generations.push((await untilBot(layout, id, isTrading)).generation)
  for (let round = 0; round < 15; round++) {
    const began = performance.now()
    bot.kill()
    await bot.exited
    bot = await startBot(layout, id, BUNDLED_BOT)
    generations.push((await untilBot(layout, id, isTrading)).generation)
    times.push(performance.now() - began)
  }
  await killAll([bot])
  const handovers = Math.max(...generations.slice(1).map((generation, i) => generation - generations[i]!))
  if (handovers !== 1) throw new Error(`${handovers} guard handovers at one restart`)
  return {
    name: 'kill -9 until trading again',
    value: median(times),
    limit: 500,
    unit: 'ms',
    note: `worst ${Math.max(...times).toFixed(0)} ms of ${times.length}; 1 guard handover each`,
  }
}

const isTrading = (status: { state: string }) => status.state === 'trading'

/** Proportional set size: shared pages counted once over all who share them. */
function pssOf(pid: number): number {
  const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
  return Number(match?.[1] ?? 0) * 1024
}

async function killAll(bots: readonly BotProcess[]): Promise<void> {
  for (const bot of bots) bot.kill()
  await Promise.all(bots.map((bot) => bot.exited))
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
