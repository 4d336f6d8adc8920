import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openAccountRegistry } from '../../src/adapters/account-registry/account-registry.ts'
import { connectToBot } from '../../src/adapters/bot-control/connect-to-bot.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { logFiles } from '../../src/adapters/log/read-log.ts'
import { openPlugInShelf } from '../../src/adapters/strategy-host/plug-in-shelf.ts'
import { accountRules } from '../../src/apps/launcher/account-rules.ts'
import { lookProgram } from '../../src/apps/plug-in-program.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { generateBars, prepareHome, startBot, untilBot } from '../support/bot-fleet.ts'
import { repoRoot } from '../support/repo-root.ts'
import { tempHome } from '../support/temp-home.ts'
import { programOf } from '../support/programs/programs.ts'

/** Buys one bar after the start with stop and target far away, then does `deed` five bars later. */
const culprit = (deed: string) => `
export default { id: 'culprit', title: 'Culprit', parameters: [], open(setup) {
  let seen = setup.snapshot?.seen ?? 0
  return {
    onBar(bar, session, position) {
      if (!session) return undefined
      seen += 1
      if (seen === 2) return { kind: 'enter', side: 'buy', stopPx: bar.close - 4000, targetPx: bar.close + 4000,
        reasons: [{ code: 'begin', text: 'The second bar.' }] }
      if (seen >= 7) { ${deed} }
      return undefined
    },
    snapshot: () => ({ seen }),
  }
} }
`

const LOOK = lookProgram({ node: process.execPath, entry: programOf('bot'), env: process.env })

function registryOf(layout: HomeLayout) {
  return openAccountRegistry({
    layout,
    now: () => epochMs(Date.now()),
    rules: accountRules(layout, openPlugInShelf(layout, LOOK)),
    heldBy: () => Promise.resolve(undefined),
  })
}

async function add(layout: HomeLayout, strategy: string, feed: string, symbol = 'ESZ5'): Promise<AccountId> {
  const { settings } = await registryOf(layout).add({
    ...{ accountId: 'a1', user: 'u', broker: 'sim', mode: 'paper', strategy, symbol, timeframe: '1m', feed },
    set: ['risk.riskPerTradeBps=1000', 'simulation.startingCash=5000000'],
  })
  return settings.accountId
}

function homeWith(file: string, code: string): HomeLayout {
  const layout = prepareHome(tempHome())
  mkdirSync(layout.strategies, { recursive: true })
  writeFileSync(join(layout.strategies, file), code)
  generateBars(layout, 'ESZ5', 2, 7)
  return layout
}

const logOf = (layout: HomeLayout, id: AccountId) =>
  logFiles(layout, id)
    .map((file) => readFileSync(file, 'utf8'))
    .join('')

async function ask(layout: HomeLayout, id: AccountId, request: { type: 'flatten' } | { type: 'stop' }): Promise<void> {
  const bot = await connectToBot({ endpoint: layout.botEndpoint(id), timeoutMs: 5_000 })
  if (!bot) throw new Error('the bot does not answer')
  const whole = request.type === 'stop' ? { ...request, flatten: false, keepOrders: false } : request
  await bot.request(whole, 20_000)
  bot.close()
}

describe('a bot whose plug-in', () => {
  it.each([
    ['throws', 'throw new Error("no such price")', 'threw Error: no such price'],
    ['never ends', 'for (;;) {}', 'did not answer within 250 ms'],
    [
      'runs out of memory',
      '(globalThis.all ??= []).push(new Array(2_000_000).fill(1.5))',
      'more than its 64 MB|did not answer within 250 ms',
    ],
    ['ends its process', 'process.exit(0)', 'called process.exit(0)'],
    ['answers later', 'return Promise.resolve()', 'returned a promise from onBar()'],
    ['leaves a promise rejected', 'Promise.reject(new Error("late"))', 'left a promise rejected'],
    [
      'answers nonsense',
      'return { kind: "enter", side: "buy", stopPx: 0.5 }',
      'stopPx must be a whole number of ticks',
    ],
  ])('%s makes no entries, keeps its stop and can be flattened', async (_name, deed, why) => {
    const layout = homeWith('culprit.mjs', culprit(deed))
    const id = await add(layout, 'culprit', 'replay:1200x')
    const bot = await startBot(layout, id, programOf('bot'))
    try {
      const blocked = await untilBot(layout, id, (status) => status.state === 'blocked')
      expect(blocked.stateReason).toContain('the strategy culprit was stopped')
      expect(blocked.position).toBeGreaterThan(0)
      // Stop and target still work at the broker.
      expect(blocked.openOrders).toBe(2)
      const { lastBarAt } = blocked
      await untilBot(layout, id, (status) => status.lastBarAt! > lastBarAt!)
      await ask(layout, id, { type: 'flatten' })
      const flat = await untilBot(layout, id, (status) => status.position === 0)
      expect(flat.state).toBe('blocked')
      expect(flat.stateReason).toContain('culprit')
      await ask(layout, id, { type: 'stop' })
      expect((await bot.exited).code).toBe(0)
    } finally {
      bot.kill()
      await bot.exited
    }
    const stopped = logOf(layout, id)
      .split('\n')
      .filter((line) => line.includes('"strategy-stopped"'))
    expect(stopped).toHaveLength(1)
    // Collecting the last megabytes may take a busy machine past the deadline; either stops it.
    expect(
      why.split('|').some((one) => stopped[0]!.includes(one)),
      stopped[0],
    ).toBe(true)
  })

  it('was edited while it was stopped says so and starts it anew', async () => {
    const layout = homeWith('culprit.mjs', culprit(''))
    const id = await add(layout, 'culprit', 'replay:max')
    expect((await (await startBot(layout, id, programOf('bot'))).exited).code).toBe(0)
    writeFileSync(join(layout.strategies, 'culprit.mjs'), culprit('/* another */'))
    expect((await (await startBot(layout, id, programOf('bot'))).exited).code).toBe(0)
    const log = logOf(layout, id)
    expect(log).toContain('"strategy-changed"')
    expect(log).toContain('"strategy-warmed-up"')
  })

  it('is gone looks after what is open, and does not start where nothing is', async () => {
    const layout = homeWith('culprit.mjs', culprit(''))
    const id = await add(layout, 'culprit', 'replay:1200x')
    const first = await startBot(layout, id, programOf('bot'))
    await untilBot(layout, id, ({ position }) => position > 0)
    await ask(layout, id, { type: 'stop' })
    await first.exited
    rmSync(join(layout.strategies, 'culprit.mjs'))
    const second = await startBot(layout, id, programOf('bot'))
    try {
      const blocked = await untilBot(layout, id, ({ state }) => state === 'blocked')
      expect(blocked.position).toBeGreaterThan(0)
      await ask(layout, id, { type: 'flatten' })
      await untilBot(layout, id, ({ position }) => position === 0)
      await ask(layout, id, { type: 'stop' })
    } finally {
      await second.exited
    }
    const third = await startBot(layout, id, programOf('bot'))
    expect((await third.exited).code).toBe(2)
    expect(logOf(layout, id)).toContain('"strategy-unknown"')
  })

  it.each([
    ['ma-cross.ts', 'ESZ5'],
    ['smallest.js', 'ESZ5'],
  ])('is the example %s: it trades to the end of its bars', async (file, symbol) => {
    const layout = prepareHome(tempHome())
    generateBars(layout, symbol, 4, 7)
    const id = await add(layout, join(repoRoot, 'resources', 'examples', 'strategies', file), 'replay:max', symbol)
    const bot = await startBot(layout, id, programOf('bot'))
    expect((await bot.exited).code).toBe(0)
    const log = logOf(layout, id)
    expect(log).toContain('"decision-enter"')
    expect(log).not.toContain('"strategy-stopped"')
  })
})

describe('adding an account with a plug-in', () => {
  it.each([
    ['a syntax error', 'export default {', /can't be loaded: it threw SyntaxError/],
    ['no default export', 'export const a = 1', /it has no default export/],
    [
      'no list of parameters',
      'export default { id: "x", title: "X", open() {} }',
      /parameters must be a list, and is missing/,
    ],
    ['another id', 'export default { id: "y", title: "X", parameters: [], open() {} }', /calls itself "y"/],
    [
      'the id of a built-in strategy',
      'export default { id: "vwap-bounce", title: "X", parameters: [], open() {} }',
      /built-in/,
    ],
    [
      'open that is no function',
      'export default { id: "x", title: "X", parameters: [], open: 1 }',
      /open must be a function/,
    ],
    ['an import of a process', 'import "node:child_process"; export default {}', /may not import node:child_process/],
    ['an endless loop', 'for (;;) {}', /did not load within 5000 ms/],
  ])('refuses %s', async (_name, code, why) => {
    const layout = homeWith('x.mjs', code)
    await expect(add(layout, 'x', 'replay:max')).rejects.toMatchObject({
      refusal: { code: 'strategy-invalid', message: expect.stringMatching(why), nextStep: expect.stringMatching(/./) },
    })
  })

  it.skipIf(process.platform === 'win32')('follows a symbolic link, and refuses one that leads nowhere', async () => {
    const layout = prepareHome(tempHome())
    mkdirSync(layout.strategies, { recursive: true })
    generateBars(layout, 'ESZ5', 2, 7)
    const example = join(repoRoot, 'resources', 'examples', 'strategies', 'smallest.js')
    symlinkSync(example, join(layout.strategies, 'smallest.js'))
    symlinkSync(join(layout.root, 'nowhere.js'), join(layout.strategies, 'lost.js'))
    await expect(add(layout, 'lost', 'replay:max')).rejects.toMatchObject({ refusal: { code: 'strategy-invalid' } })
    expect(await add(layout, 'smallest', 'replay:max')).toBe('a1')
  })

  it('takes the folder of a package and checks parameters against its schema', async () => {
    const layout = prepareHome(tempHome())
    const folder = join(layout.strategies, 'ma-cross')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"name":"ma","type":"module","exports":{".":{"default":"./main.ts"}}}')
    const example = readFileSync(join(repoRoot, 'resources', 'examples', 'strategies', 'ma-cross.ts'), 'utf8')
    writeFileSync(join(folder, 'main.ts'), example)
    const id = await add(layout, 'ma-cross', 'replay:max')
    const registry = registryOf(layout)
    const { settings } = await registry.edit(id, ['fastBars=5'])
    expect(settings.parameters).toEqual({ fastBars: 5 })
    await expect(registry.edit(id, ['fastBars=1'])).rejects.toMatchObject({ refusal: { code: 'setting-invalid' } })
    await expect(registry.edit(id, ['quickBars=1'])).rejects.toMatchObject({ refusal: { code: 'setting-invalid' } })
  })
})
