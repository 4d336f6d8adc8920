import { connect, createServer, type Socket } from 'node:net'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { challengeBot, connectToBot } from '../../../src/adapters/bot-control/connect-to-bot.ts'
import {
  serveBotControl,
  type BotControl,
  type BotControlOptions,
} from '../../../src/adapters/bot-control/serve-bot-control.ts'
import type { BotStatus } from '../../../src/contracts/bot-protocol.ts'
import { refuse } from '../../../src/domain/failure/refusal.ts'
import { botStatus } from '../../support/bot-status.ts'

describe('the control socket of a bot', () => {
  let folder: string
  let endpoint: string
  let control: BotControl | undefined
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-control-'))
    endpoint =
      process.platform === 'win32'
        ? `\\\\.\\pipe\\slipway-test-${process.hrtime.bigint()}`
        : join(folder, 'run', 'bot.sock')
  })
  afterEach(async () => {
    await control?.close()
    control = undefined
    rmSync(folder, { recursive: true, force: true })
  })

  const serve = async (options: Partial<BotControlOptions> = {}) => {
    control = await serveBotControl({
      endpoint,
      instanceId: 'instance-1',
      onRequest: async () => undefined,
      status: () => botStatus({ instanceId: 'instance-1' }),
      ...options,
    })
    return control
  }

  it('answers the challenge with the instance that listens', async () => {
    await serve()
    expect(await challengeBot(endpoint, 2_000)).toBe('instance-1')
  })

  it('answers nobody where no bot listens', async () => {
    expect(await challengeBot(endpoint, 2_000)).toBeUndefined()
  })

  it.skipIf(process.platform === 'win32')('is open to its owner only', async () => {
    await serve()
    expect(statSync(endpoint).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(endpoint)).mode & 0o777).toBe(0o700)
  })

  it.skipIf(process.platform === 'win32')('takes the place of a file that a killed bot left', async () => {
    await serve()
    await control?.close()
    writeFileSync(endpoint, '')
    await serve()
    expect(await challengeBot(endpoint, 2_000)).toBe('instance-1')
  })

  it.skipIf(process.platform === 'win32')('leaves no file behind', async () => {
    const { close } = await serve()
    await close()
    expect(existsSync(endpoint)).toBe(false)
  })

  it('gives each request its own answer', async () => {
    await serve({
      onRequest: async (command) => {
        if (command.type === 'flatten') refuse('broker-refused', 'The market is closed.', 'Try at the open.')
      },
    })
    const bot = await connectToBot({ endpoint, timeoutMs: 2_000 })
    const [stopped, flattened, status] = await Promise.allSettled([
      bot!.request({ type: 'stop', flatten: false, keepOrders: false }, 2_000),
      bot!.request({ type: 'flatten' }, 2_000),
      bot!.request({ type: 'status' }, 2_000),
    ])
    expect(stopped).toMatchObject({ status: 'fulfilled', value: { accountId: 'A1' } })
    expect(flattened).toMatchObject({ status: 'rejected', reason: { refusal: { code: 'broker-refused' } } })
    expect(status).toMatchObject({ status: 'fulfilled', value: { state: 'trading' } })
    bot!.close()
  })

  it('gives up on a bot that does not answer', async () => {
    await serve({ onRequest: () => new Promise(() => undefined) })
    const bot = await connectToBot({ endpoint, timeoutMs: 2_000 })
    await expect(bot!.request({ type: 'flatten' }, 30)).rejects.toMatchObject({ refusal: { code: 'timed-out' } })
    bot!.close()
  })

  it('tells watchers every change of state, and its last one before it ends', async () => {
    let status = botStatus({ state: 'starting' })
    const { pushStatus, end } = await serve({ status: () => status })
    const bot = await connectToBot({ endpoint, timeoutMs: 2_000 })
    const seen: string[] = []
    await bot!.watch((one) => seen.push(one.state), 2_000)
    for (const state of ['reconciling', 'trading'] as const) pushStatus((status = botStatus({ state })))
    status = botStatus({ state: 'stopped' })
    await end('feed-ended', null)
    expect(await bot!.ended).toEqual({ reason: 'feed-ended', message: null })
    expect(seen).toEqual(['starting', 'reconciling', 'trading', 'stopped'])
  })

  it('ends without a reason when the bot vanishes', async () => {
    const { close } = await serve()
    const bot = await connectToBot({ endpoint, timeoutMs: 2_000 })
    const asked = bot!.request({ type: 'status' }, 2_000)
    await asked
    await close()
    expect(await bot!.ended).toEqual({ reason: undefined, message: null })
    await expect(bot!.request({ type: 'status' }, 2_000)).rejects.toMatchObject({ refusal: { code: 'not-running' } })
  })

  it('keeps one status, not a queue, for a watcher that does not read', async () => {
    const { pushStatus } = await serve()
    const slow = await openRaw(endpoint)
    slow.write('{"type":"watch","id":1}\n')
    const first = await linesOf(slow, 1)
    expect(first[0]).toMatchObject({ type: 'reply', id: 1 })
    slow.pause()
    // Far more than the kernel buffers for one socket, each push forced through by a change of state.
    for (let n = 0; n < 20_000; n++) pushStatus(botStatus({ state: n % 2 ? 'trading' : 'blind', tradesToday: n }))
    pushStatus(botStatus({ state: 'stopping', tradesToday: 99_999 }))
    const rest: { status: BotStatus }[] = []
    await new Promise<void>((resolve) =>
      onLines(slow, (line) => {
        rest.push(line as { status: BotStatus })
        if (rest.at(-1)?.status.tradesToday === 99_999) resolve()
      }),
    )
    expect(rest.length).toBeLessThan(10_000)
    slow.destroy()
  })

  it('refuses a line without end and hangs up', async () => {
    await serve()
    const raw = await openRaw(endpoint)
    raw.write('x'.repeat(200_000))
    expect(await linesOf(raw, 1)).toMatchObject([{ type: 'refused', refusal: { code: 'bad-usage' } }])
    await new Promise((resolve) => raw.once('close', resolve))
    expect(await challengeBot(endpoint, 2_000)).toBe('instance-1')
  })

  it('answers garbage with a refusal and goes on', async () => {
    await serve()
    const garbage = fc.oneof(fc.string({ minLength: 1 }), fc.json(), fc.constant('{"type":"stop","id":"x"}'))
    await fc.assert(
      fc.asyncProperty(garbage, async (text) => {
        const line = text.replaceAll(/[\r\n]/g, ' ')
        const raw = await openRaw(endpoint)
        raw.write(`${line}\n{"type":"status","id":7}\n`)
        expect(await linesOf(raw, 2)).toMatchObject([{ type: 'refused' }, { type: 'reply', id: 7 }])
        raw.destroy()
      }),
      { numRuns: 100 },
    )
  })

  it('tells a stranger on the endpoint from a bot', async () => {
    mkdirSync(dirname(endpoint), { recursive: true })
    const stranger = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => stranger.listen(endpoint, resolve))
    expect(await challengeBot(endpoint, 2_000)).toBeUndefined()
    await new Promise((resolve) => stranger.close(resolve))
  })
})

function openRaw(endpoint: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(endpoint, () => resolve(socket))
    socket.on('error', reject)
  })
}

function onLines(socket: Socket, onLine: (line: unknown) => void): void {
  let rest = ''
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(JSON.parse(line))
  })
  socket.resume()
}

function linesOf(socket: Socket, count: number): Promise<unknown[]> {
  const lines: unknown[] = []
  return new Promise((resolve) => {
    onLines(socket, (line) => {
      lines.push(line)
      if (lines.length === count) {
        socket.removeAllListeners('data')
        resolve(lines)
      }
    })
  })
}
