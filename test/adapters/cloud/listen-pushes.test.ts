import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listenPushes } from '../../../src/adapters/cloud/listen-pushes.ts'
import { tempHome } from '../../support/temp-home.ts'

const TIMES = { connect: 500, silence: 300, firstRetry: 20, mostRetry: 40 }
const STREAM = { 'content-type': 'text/event-stream' }

async function hear(listener: RequestListener) {
  const socketPath = join(tempHome(), 'push.sock')
  const server = createServer(listener)
  await new Promise<void>((up) => server.listen(socketPath, up))
  const news: string[] = []
  const said: string[] = []
  const connection: boolean[] = []
  const stop = listenPushes({
    ...{ address: { socketPath }, userId: '0123456789ab', deviceId: 'device-0001', topics: ['calendar'] },
    ...{ random: () => 0, times: TIMES, onNews: (topic: string) => void news.push(topic) },
    onSaid: (topic, text) => void said.push(`${topic} ${text}`),
    onConnection: (isOpen) => void connection.push(isOpen),
  })
  onTestFinished(() => {
    stop()
    server.closeAllConnections()
    server.close()
  })
  return { news, said, connection, stop }
}

const hello = (id: number) => `retry: 1000\nid: ${id}\nevent: hello\ndata: {"complete":true}\n\n`
const told = (id: number, event = 'calendar') => `id: ${id}\nevent: ${event}\ndata: {}\n\n`

describe('a launcher that listens to a cloud', () => {
  it('says who it is, and looks when it begins to listen and when it is told something', async () => {
    const asked: unknown[] = []
    const { news } = await hear((request, response) => {
      asked.push([request.url, request.headers['x-slipway-device']])
      response.writeHead(200, STREAM).write(`${hello(7)}:\n\n${told(8)}${told(9, 'gossip')}`)
    })
    await expect.poll(() => news).toEqual(['all', 'calendar'])
    expect(asked[0]).toEqual(['/api/push?user_id=0123456789ab&topics=calendar', 'device-0001'])
  })

  it('comes back where the stream ends, and says how far it was', async () => {
    const ids: unknown[] = []
    const { news } = await hear((request, response) => {
      ids.push(request.headers['last-event-id'])
      response.writeHead(200, STREAM).end(`${hello(ids.length)}${told(10 + ids.length)}`)
    })
    await expect.poll(() => news.length).toBeGreaterThan(5)
    expect(ids.slice(0, 3)).toEqual([undefined, '11', '12'])
  })

  it('understands a stream that comes in pieces', async () => {
    const { news } = await hear((_request, response) => {
      response.writeHead(200, STREAM)
      const text = `${hello(7)}${told(8)}`.replaceAll('\n', '\r\n')
      for (let at = 0; at < text.length; at++) setTimeout(() => response.write(text[at]), at)
    })
    await expect.poll(() => news).toEqual(['all', 'calendar'])
  })

  it.each<[string, (response: ServerResponse) => void]>([
    ['refuses', (response) => void response.writeHead(429).end('{}')],
    ['is no stream', (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(hello(1))],
    ['falls silent', (response) => response.writeHead(200, STREAM).flushHeaders()],
    ['says nothing at all', () => undefined],
    ['cuts the line', (response) => void response.socket?.destroy()],
    ['sends a line without an end', (response) => void response.writeHead(200, STREAM).end('x'.repeat(70_000))],
    ['sends elsewhere', (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ])('tries again, and tells nobody anything, where the cloud %s', async (_what, answer) => {
    let asked = 0
    const { news } = await hear((_request, response) => {
      asked++
      answer(response)
    })
    await expect.poll(() => asked, { timeout: 5_000 }).toBeGreaterThan(1)
    expect(news).toEqual([])
  })

  it('looks once where the cloud says no to its lease, and again after it was let in meanwhile', async () => {
    let asked = 0
    const answers = [403, 403, 429, 200, 403, 403]
    const { news } = await hear((_request, response) => {
      const status = answers[asked++] ?? 403
      response.writeHead(status, status === 200 ? STREAM : {}).end(status === 200 ? hello(1) : '{}')
    })
    await expect.poll(() => asked, { timeout: 5_000 }).toBeGreaterThan(8)
    expect(news).toEqual(['all', 'all', 'all'])
  })

  it('hands on what was said of its topics, as it came, and says whether it hears', async () => {
    const text = '{"topic":"calendar","payload":"<b>\\u001b[2J"}'
    const { said, connection } = await hear((_request, response) => {
      response.writeHead(200, STREAM)
      response.end(`${hello(1)}id: 2\nevent: calendar\ndata: ${text}\n\nid: 3\nevent: gossip\ndata: x\n\n`)
    })
    await expect.poll(() => connection.length).toBeGreaterThan(3)
    expect(connection.slice(0, 4)).toEqual([true, false, true, false])
    expect(new Set(said)).toEqual(new Set([`calendar ${text}`]))
  })

  it('is quiet once it is closed', async () => {
    let asked = 0
    const { stop, news } = await hear((_request, response) => {
      asked++
      response.writeHead(200, STREAM).end(hello(1))
    })
    await expect.poll(() => news.length).toBeGreaterThan(0)
    stop()
    const heard = news.length
    // A question that was on its way when it closed may still arrive there.
    await new Promise((later) => setTimeout(later, 100))
    const before = asked
    await new Promise((later) => setTimeout(later, 150))
    expect([asked, news.length]).toEqual([before, heard])
  })
})
