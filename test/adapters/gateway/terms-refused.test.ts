import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { openGatewayClient } from '../../../src/adapters/brokers/gateway/gateway-client.ts'
import { clientOrderId } from '../../../src/domain/order/order.ts'

const ID = clientOrderId('a')
const TERMS = {
  protocol: 1,
  capabilities: { dedupesClientOrderId: true, visibilityLagMs: 0 },
  accounts: [{ accountId: 'U1', mode: 'paper', currency: 'USD' }],
}

/** A client that has come to terms once, and whose gateway now has an error for whoever asks for them. */
async function afterRestart(status: number) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const isFirst = asked.length === 1
    response.writeHead(isFirst ? 200 : status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isFirst ? TERMS : { code: 'not-yet', message: 'this gateway is starting' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = openGatewayClient({
    address: { url, token: undefined, account: undefined, connectMs: 1_000 },
    recognise: () => undefined,
    wanted: { accountId: 'A1', url, account: undefined, mode: 'paper', currency: 'USD' },
    timeoutMs: 2_000,
    elapsed: () => performance.now(),
    trouble: () => undefined,
  })
  onTestFinished(async () => {
    client.close()
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  expect(await client.agree()).toBeUndefined()
  client.agreeAnew()
  return { client, asked }
}

it.each([404, 409])('an error %i of the terms says nothing of the order that was asked about', async (status) => {
  const { client, asked } = await afterRestart(status)
  const disconnected = { ok: false, failure: { kind: 'disconnected' } }
  const found = await client.ask<string | undefined>({
    urgency: 'ask',
    call: { method: 'GET', path: '/v1/orders/by-client-id/a' },
    read: () => 'the order',
    readRefusal: (given) => (given === 404 || given === 409 ? { value: undefined } : undefined),
  })
  const canceled = await client.change(ID, {
    urgency: 'protect',
    call: { method: 'DELETE', path: '/v1/orders/a' },
    read: () => 'the order',
  })
  expect([found, canceled]).toEqual([disconnected, disconnected])
  expect(asked.filter((path) => path !== '/v1/capabilities')).toEqual([])
})
