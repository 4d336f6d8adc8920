import { PassThrough } from 'node:stream'
import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { join } from 'node:path'
import { chooseCloudServer } from '../../../src/adapters/cloud/cloud-server.ts'
import { NO_LEASE, writeLeaseFile } from '../../../src/adapters/cloud/lease-file.ts'
import type { HeardSignal, SignalsState } from '../../../src/contracts/launcher/signals.ts'
import { answerOf, slipway } from '../../support/cli-run.ts'
import { addAccount } from '../../support/bot-fleet.ts'
import { hostileCloud } from '../../support/hostile-cloud.ts'
import { addAccounts, launched } from '../../support/launched.ts'
import { testKey } from '../../support/leases.ts'

const STREAM = { 'content-type': 'text/event-stream' }
const SIGNAL = { symbol_class: 'us-equity-index', side: 'buy', strategy: 'vwap-bounce', confidence: 0.7 }

const event = (seq: number, payload: object) =>
  `id: ${seq}\nevent: signal\ndata: ${JSON.stringify({ topic: 'signal', seq, at: '2026-11-20T12:00:05.250Z', payload })}\n\n`

/** A launcher that listens to a team's cloud, and what that cloud says. */
async function listening() {
  const heard = Promise.withResolvers<ServerResponse>()
  const cloud = await hostileCloud(({ path }, answer) => {
    if (!path.startsWith('/api/push')) return void answer.writeHead(503).end()
    answer.writeHead(200, STREAM).write('id: 1\nevent: hello\ndata: {"complete":true}\n\n')
    if (path.includes('signal')) heard.resolve(answer)
  })
  const home = await launched()
  onTestFinished(async () => {
    await home.close()
    await cloud.close()
  })
  const { publicKey } = testKey()
  await chooseCloudServer(home.layout, { kind: 'team', url: cloud.url, keys: [publicKey] })
  // As its bot would have it from that cloud.
  const licensed = async () => {
    const set = ['mode=live', 'gateway.url=http://127.0.0.1:1', `gateway.tokenFile=${join(home.layout.root, 'token')}`]
    const id = await addAccount(home.layout, 'L1', { symbol: 'MES', feed: 'replay:1x', broker: 'gateway', set })
    writeLeaseFile(home.layout.lease(id), { ...NO_LEASE, token: 'a.b.c' })
  }
  const run = (...words: string[]) => slipway(home.layout.root, ['cloud', 'signals', ...words])
  return { home, run, licensed, heard: heard.promise }
}

/** A standard output that interrupts after so many lines. */
function stoppedAfter(lines: number, interrupt: AbortController): PassThrough & { text: () => string } {
  const stdout = new PassThrough()
  let text = ''
  stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    if (text.split('\n').length > lines) interrupt.abort()
  })
  return Object.assign(stdout, { text: () => text })
}

describe('slipway cloud signals', () => {
  it('tells what others share, as text whatever they send, and goes on with what comes', async () => {
    const { home, run, licensed, heard } = await listening()
    expect((await run()).stdout).toMatch(/nobody listens before there is an account/)
    await addAccounts(home, ['A1'])
    await home.client.api.bots.start({ ids: ['A1'], wait: true })
    const edit = (...set: string[]) => home.client.api.accounts.edit({ id: 'A1', set })
    expect(await edit('risk.maxOrderLots=3', 'cloud.signals=share')).toMatchObject({ appliesAtNextStart: true })
    await edit('cloud.signals=off')
    // A bot need not be restarted for what its launcher does.
    expect(await edit('cloud.signals=share')).toMatchObject({ appliesAtNextStart: false })
    const unlicensed = answerOf<SignalsState>(await run('--json'))
    expect(unlicensed).toMatchObject({ cloud: 'team', listening: 'no-lease', signals: [] })
    expect((await run()).stdout).toMatch(/a team's cloud tells signals to who holds a licence.*slipway licence set/)
    await licensed()
    const stream = await heard
    stream.write(event(2, { ...SIGNAL, strategy: '\u001B[2J\u001B[1;1Howned' }))
    stream.write(event(3, { ...SIGNAL, strategy: '<script>alert(1)</script>' }))
    stream.write(event(4, { ...SIGNAL, source: 'synthetic' }))
    let state: SignalsState | undefined
    while (state?.signals.length !== 1) {
      await delay(50)
      state = answerOf<SignalsState>(await run('--json'))
    }
    expect(state).toMatchObject({ cloud: 'team', listening: 'hearing', signals: [{ accountId: null }] })
    const people = await run()
    expect(people.stdout).toMatch(/^Heard {6}1 since \S+Z; earlier ones are not kept$/m)
    expect(people.stdout).toContain(
      '2026-11-20T12:00:05Z  us-equity-index  buy   vwap-bounce        0.70  made up  others',
    )
    expect(people.stdout).toContain('A1: nothing, while it replays history')
    expect(people.stdout).not.toMatch(/owned|script/)

    const interrupt = new AbortController()
    const stdout = stoppedAfter(2, interrupt)
    const following = slipway(home.layout.root, ['cloud', 'signals', '-f', '--json'], {
      interruption: () => interrupt.signal,
      stdout,
    })
    stream.write(event(5, { ...SIGNAL, side: 'sell' }))
    expect((await following).code).toBe(0)
    const lines = stdout.text().trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as HeardSignal).side)).toEqual(['buy', 'sell'])
  })

  it('says what to do where there is no cloud, and where nobody shares', async () => {
    const { home, run } = await listening()
    await chooseCloudServer(home.layout, { kind: 'none' })
    const { code, stdout } = await run()
    expect(code).toBe(0)
    expect(stdout).toMatch(/no cloud is used; choose one with: slipway cloud use/)
    expect(stdout).toMatch(/account edit ID --set cloud.signals=share/)
  })
})
