import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pageFetcher } from '../../../src/adapters/calendar/pages/fetch-page.ts'

async function site(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/page.htm`
}

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const fetchPage = pageFetcher('Slipway/1.0 (calendar; test@example.com)', { timeoutMs: 400 })

describe('a page is fetched', () => {
  it('by a program that says what it is, and asked for again only if it has changed', async () => {
    const seen: unknown[] = []
    const url = await site((request, response) => {
      const { 'user-agent': agent, 'if-none-match': match, 'if-modified-since': since } = request.headers
      seen.push([agent, match, since])
      if (match === '"one"') return response.writeHead(304).end()
      return response
        .writeHead(200, { ...HTML, etag: '"one"', 'last-modified': 'Thu, 19 Nov 2026 00:00:00 GMT' })
        .end('<p>')
    })
    const page = await fetchPage(url)
    expect(page).toMatchObject({ kind: 'page', text: '<p>' })
    expect(await fetchPage(url, page.kind === 'page' ? page.stamp : undefined)).toEqual({ kind: 'unchanged' })
    const agent = 'Slipway/1.0 (calendar; test@example.com)'
    expect(seen).toEqual([
      [agent, undefined, undefined],
      [agent, '"one"', 'Thu, 19 Nov 2026 00:00:00 GMT'],
    ])
  })

  it.each<[string, RequestListener, RegExp]>([
    [
      'a page that has moved',
      (_, response) => response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end(),
      /moved/,
    ],
    ['a site that turns us away', (_, response) => response.writeHead(403, HTML).end('<p>no'), /turns us away/],
    ['a page that is gone', (_, response) => response.writeHead(404, HTML).end('<p>no'), /answers 404/],
    ['a site in trouble', (_, response) => response.writeHead(500, HTML).end('<p>no'), /answers 500/],
    [
      'something that is no page',
      (_, response) => response.writeHead(200, { 'content-type': 'application/pdf' }).end('x'),
      /no page/,
    ],
    ['304 without a question', (_, response) => response.writeHead(304).end(), /moved/],
    ['an endless page', (_, response) => void response.writeHead(200, HTML).end('x'.repeat(4_000_001)), /too long/],
    ['a site that says nothing', () => undefined, /no answer within 0.4 s/],
    [
      'half a page',
      (_, response) => void response.writeHead(200, { ...HTML, 'content-length': '9' }).write('x'),
      /no answer within/,
    ],
    ['a line that breaks', (request) => request.socket.destroy(), /can't be reached/],
  ])('and %s is a problem, said in words', async (_what, listener, problem) => {
    const page = await fetchPage(await site(listener))
    expect(page.kind === 'failed' && page.problem).toMatch(problem)
  })

  it('or not at all, where nobody listens', async () => {
    expect(await fetchPage('http://127.0.0.1:1/')).toMatchObject({ kind: 'failed' })
  })
})
