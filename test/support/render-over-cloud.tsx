import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { cleanup, render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { onTestFinished } from 'vitest'
import { PageShell } from '../../renderer/page/page-shell.tsx'
import { prepareBrowser } from './render-page.tsx'

export type CloudQuestion = Readonly<{ method: string; path: string; body: unknown }>

/** An answer of the server that is none of what was asked for. */
export class CloudRefusal {
  readonly status: number
  readonly failure: object
  constructor(status: number, failure: object) {
    this.status = status
    this.failure = failure
  }
}

/**
 * A part of the cloud's own pages over a real server on the loopback, which the page came from and which answers as the
 * test says; `asked` is what it was asked.
 */
export async function renderOverCloud(part: ReactNode, answer: (question: CloudQuestion) => object) {
  prepareBrowser()
  const asked: CloudQuestion[] = []
  const server = createServer((request, response) => {
    void questionOf(request).then((question) => {
      asked.push(question)
      const said = answer(question)
      const isRefusal = said instanceof CloudRefusal
      response.writeHead(isRefusal ? said.status : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(isRefusal ? said.failure : said))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const browser = (globalThis as unknown as { jsdom: { reconfigure(options: { url: string }): void } }).jsdom
  const before = window.location.href
  browser.reconfigure({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/admin` })
  const close = async () => {
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  onTestFinished(async () => {
    cleanup()
    browser.reconfigure({ url: before })
    await close()
  })
  return { ...render(<PageShell env="test">{part}</PageShell>), asked, close }
}

async function questionOf(request: IncomingMessage): Promise<CloudQuestion> {
  const { method = '', url = '' } = request
  const path = new URL(url, 'http://127.0.0.1').pathname
  return { method, path, body: method === 'GET' ? undefined : await json(request) }
}
