import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { ServerMissing, startPostgres, startRedis, type TestServer } from './cloud-servers.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Socket on which this run's PostgreSQL and Redis are asked for. */
    cloudServers: string
  }
}

const START = { postgres: startPostgres, redis: startRedis } as const

/**
 * One PostgreSQL and one Redis for all test files of a run, started when the first of them asks, and stopped at the end.
 *
 * A file asks on a socket: the name of a server, answered with `{ url }` or `{ missing }`.
 */
export default async function shareCloudServers(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-servers-'))
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\${basenameOf(folder)}` : join(folder, 'ask.sock')
  const started = new Map<string, Promise<TestServer>>()
  const sockets = new Set<Socket>()
  const desk = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.once('data', (name) => void answer(socket, name.toString().trim() as keyof typeof START))
  })
  async function answer(socket: Socket, name: keyof typeof START): Promise<void> {
    if (!started.has(name)) started.set(name, START[name]())
    try {
      const { url } = await started.get(name)!
      socket.end(JSON.stringify({ url }))
    } catch (error) {
      const missing = error instanceof ServerMissing ? error.message : String(error)
      socket.end(JSON.stringify({ missing }))
    }
  }
  await new Promise<void>((listening) => desk.listen(address, listening))
  desk.unref()
  project.provide('cloudServers', address)
  return async () => {
    desk.close()
    for (const socket of sockets) socket.destroy()
    for (const server of started.values()) await server.then((one) => one.stop()).catch(() => undefined)
    rmSync(folder, { recursive: true, force: true })
  }
}

const basenameOf = (folder: string) => folder.split(/[\\/]/).at(-1)!
