import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A load balancer in front of instances, with a door for each caller: what comes through it has that caller's address. */
export type Balancer = Readonly<{
  /** @returns where that caller reaches the instances */
  doorFor(address: string): Promise<string>
  /** Requests that an instance took and did not answer. */
  lost(): number
  close(): Promise<void>
}>

/** How long an instance that can't be reached gets nothing, milliseconds. */
const REST_MS = 1_000

/** As those that are used for real: to each in turn, to the next where one is not there, and 502 where one dies under way. */
export function openBalancer(instances: readonly string[]): Balancer {
  const agents = instances.map(() => new Agent({ keepAlive: true, maxSockets: 64 }))
  const restUntil = instances.map(() => 0)
  const servers: ReturnType<typeof createServer>[] = []
  let [turn, lost] = [0, 0]

  const order = (): number[] => {
    const first = turn++
    const all = instances.map((_, n) => (first + n) % instances.length)
    const fit = all.filter((n) => restUntil[n]! <= performance.now())
    return fit.length > 0 ? fit : all
  }
  const pass = (
    incoming: IncomingMessage,
    answer: ServerResponse,
    body: Buffer,
    address: string,
    to: number[],
  ): void => {
    const [instance, ...others] = to
    if (instance === undefined) {
      answer.writeHead(503).end()
      return
    }
    const { host: _, ...headers } = incoming.headers
    const asked = request(
      new URL(incoming.url ?? '/', instances[instance]),
      { method: incoming.method, agent: agents[instance], headers: { ...headers, 'x-forwarded-for': address } },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(answer)
        response.on('error', () => answer.destroy())
      },
    )
    asked.on('error', (error: NodeJS.ErrnoException) => {
      restUntil[instance] = performance.now() + REST_MS
      if (answer.headersSent) return void answer.destroy()
      if (error.code === 'ECONNREFUSED') return pass(incoming, answer, body, address, others)
      lost++
      answer.writeHead(502).end()
    })
    asked.end(body)
  }
  return {
    async doorFor(address) {
      const server = createServer((incoming, answer) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () => pass(incoming, answer, Buffer.concat(chunks), address, order()))
      })
      servers.push(server)
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    lost: () => lost,
    async close() {
      for (const agent of agents) agent.destroy()
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}
