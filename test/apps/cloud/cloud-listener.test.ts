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
