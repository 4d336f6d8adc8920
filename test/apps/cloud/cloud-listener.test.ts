import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { cloudListener } from '../../../src/apps/cloud/cloud-listener.ts'
import { CloudRefused } from '../../../src/apps/cloud/cloud-call.ts'

it('hears of a caller who leaves in the middle of his body, and goes on', async () => {
  const broken: unknown[] = []
  const failures: unknown[] = []
  const listener = cloudListener(
    async (asked) => {
      const body = await asked.text(1_000).catch((error: unknown) => String(broken.push(error)))
      return { status: 200, headers: { 'content-length': `${body.length}` }, body }
    },
    () => '127.0.0.1',
    (error) => void failures.push(error),
  )
  const server = createServer((request, response) => void listener(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  for (const leave of ['destroy', 'resetAndDestroy'] as const) {
    const caller = connect(port, '127.0.0.1')
    caller.on('error', () => undefined)
    caller.write('POST / HTTP/1.1\r\nhost: cloud\r\ncontent-length: 100\r\n\r\nhalf of')
    await once(server, 'request')
    caller[leave]()
  }
  await expect.poll(() => broken.length).toBe(2)
  expect(broken.every((error) => error instanceof CloudRefused && error.code === 'body_invalid')).toBe(true)
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'whole' })
  expect(await answer.text()).toBe('whole')
  expect(failures).toEqual([])
})

it('works on all requests that came together before it writes an answer, so that the callers are woken once', async () => {
  const order: string[] = []
  const listener = cloudListener(
    async (asked) => {
      order.push(`asked ${asked.url}`)
      return { status: 200, headers: { 'content-length': '2' }, body: 'ok' }
    },
    () => '127.0.0.1',
    (error) => void order.push(String(error)),
  )
  const server = createServer((request, response) => {
    response.once('finish', () => order.push(`sent ${request.url}`))
    void listener(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const callers = []
  for (const path of ['/1', '/2', '/3']) {
    const caller = connect(port, '127.0.0.1')
    await Promise.all([once(caller, 'connect'), once(server, 'connection')])
    callers.push({ caller, path })
  }
  // Written in one go, and so all there when the server looks next.
  for (const { caller, path } of callers) caller.write(`GET ${path} HTTP/1.1\r\nhost: cloud\r\n\r\n`)
  await Promise.all(callers.map(({ caller }) => once(caller, 'data')))
  for (const { caller } of callers) caller.destroy()
  expect(order.slice(0, 3).toSorted()).toEqual(['asked /1', 'asked /2', 'asked /3'])
  expect(order.slice(3).toSorted()).toEqual(['sent /1', 'sent /2', 'sent /3'])
})
