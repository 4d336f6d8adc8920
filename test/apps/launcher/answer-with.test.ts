import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { answerWith } from '../../../src/apps/launcher/answer-with.ts'

describe('a fetch handler behind Node’s server', () => {
  let server: Server | undefined
  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
  })

  const serve = async (handle: (request: Request) => Promise<Response>, failures: unknown[] = []) => {
    const answer = answerWith(handle, (error) => failures.push(error))
    server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  it('gets method, path, headers and body as they came', async () => {
    const url = await serve(async (request) => {
      const { pathname, search } = new URL(request.url)
      return Response.json({
        method: request.method,
        pathname,
        search,
        x: request.headers.get('x-one'),
        body: await request.text(),
      })
    })
    const response = await fetch(`${url}/a%20b?c=d`, { method: 'POST', headers: { 'x-one': '1' }, body: 'hello' })
    expect(await response.json()).toEqual({ method: 'POST', pathname: '/a%20b', search: '?c=d', x: '1', body: 'hello' })
  })

  it('answers with status, headers and every cookie', async () => {
    const url = await serve(async () => {
      const headers = new Headers({ 'x-two': '2' })
      headers.append('set-cookie', 'a=1')
      headers.append('set-cookie', 'b=2')
      return new Response('teapot', { status: 418, headers })
    })
    const response = await fetch(url)
    expect([response.status, response.headers.get('x-two'), await response.text()]).toEqual([418, '2', 'teapot'])
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('stops a stream whose reader hangs up', async () => {
    const { promise: cancelled, resolve: onCancel } = Promise.withResolvers<boolean>()
    const url = await serve(async (request) => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('first')),
        cancel: () => onCancel(request.signal.aborted),
      })
      return new Response(body)
    })
    const hangUp = new AbortController()
    const response = await fetch(url, { signal: hangUp.signal })
    await response.body!.getReader().read()
    hangUp.abort()
    expect(await cancelled).toBe(true)
  })

  it('makes nothing for a reader that does not read', async () => {
    let made = 0
    const isIdle = Promise.withResolvers<void>()
    const chunk = new Uint8Array(65_536)
    const url = await serve(async () => {
      const body = new ReadableStream({
        pull(controller) {
          made += 1
          controller.enqueue(chunk)
          if (made > 5_000) controller.close()
        },
      })
      setTimeout(() => isIdle.resolve(), 300)
      return new Response(body)
    })
    const asked = httpRequest(url, (answer) => answer.pause())
    asked.on('error', () => undefined)
    asked.end()
    await isIdle.promise
    // What the kernel takes for a connection, and a little more; far from the 320 MB there are.
    expect(made).toBeLessThan(400)
    asked.destroy()
  })

  it('tells nobody outside what went wrong inside', async () => {
    const failures: unknown[] = []
    const url = await serve(() => Promise.reject(new Error('inner matter')), failures)
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([500, ''])
    expect(failures).toMatchObject([{ message: 'inner matter' }])
  })

  it('takes no body above a mebibyte', async () => {
    const url = await serve(async () => new Response('never'))
    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(1_048_577) })
    expect(response.status).toBe(413)
  })
})
