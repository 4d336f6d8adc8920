import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { listenLocally } from '../../adapters/local-socket/listen-locally.ts'
import type { Log } from '../../adapters/log/open-log.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import { answerWith } from './answer-with.ts'
import { judgeBrowserRequest, SECURITY_HEADERS, type SeenRequest } from './browser-door.ts'
import { refusalBody, type LauncherFetch } from './launcher-fetch.ts'
import type { Sessions } from './sessions.ts'

/** One way in. */
export type Door = Readonly<{ close(): Promise<void> }>
export type BrowserDoor = Door & Readonly<{ port: number }>

/** How long answers under way may take when the launcher ends, milliseconds; streams end then. */
const LAST_WORDS_MS = 300
const LOOPBACK = '127.0.0.1'

/** The socket (named pipe on Windows) that only this user's programs can reach; it asks for no session. */
export async function openLocalDoor(endpoint: string, handle: LauncherFetch, log: Log): Promise<Door> {
  const answer = listener(handle, 'local', log)
  const server = createServer((request, response) => void answer(request, response))
  await listenLocally(server, endpoint)
  return doorOf(server)
}

/**
 * HTTP on 127.0.0.1, for browsers.
 *
 * @param ports  tried in this order; 0 is any free one
 * @throws {Refused} bad-usage when none of them is free
 */
export async function openBrowserDoor(
  ports: readonly number[],
  handle: LauncherFetch,
  sessions: Sessions,
  log: Log,
): Promise<BrowserDoor> {
  const answer = listener(handle, 'browser', log)
  let port = 0
  const judge = (request: IncomingMessage, response: ServerResponse) => {
    // First, so that what is refused before it is read or fails in between carries them too.
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
    const turned = judgeBrowserRequest(seenRequest(request), port, sessions.isOpen)
    if (!turned) return true
    request.resume()
    response.writeHead(turned.status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(request.method === 'HEAD' ? undefined : refusalBody(turned.status, turned.refusal))
    return false
  }
  const server = createServer((request, response) => {
    if (judge(request, response)) void answer(request, response)
  })
  // Who asks whether to go on is judged like everybody else, before a yes.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!judge(request, response)) return
    response.writeContinue()
    void answer(request, response)
  })
  for (const wanted of ports) {
    if (!(await listens(server, wanted))) continue
    port = (server.address() as AddressInfo).port
    return { ...doorOf(server), port }
  }
  return refuse(
    'bad-usage',
    `Port ${ports[0]} is in use by another program.`,
    'Choose another one with --port, or leave --port out.',
  )
}

function listener(handle: LauncherFetch, door: 'local' | 'browser', log: Log) {
  return answerWith(
    (request) => handle(request, door),
    (error) => log.error('request-failed', 'A request could not be answered', { error }),
  )
}

function seenRequest(request: IncomingMessage): SeenRequest {
  const hosts = request.rawHeaders.filter(
    (_, at) => at % 2 === 1 && request.rawHeaders[at - 1]!.toLowerCase() === 'host',
  )
  return { method: request.method ?? '', target: request.url ?? '', headers: request.headers, hosts }
}

/** @returns false when the port is taken */
function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(false) : reject(error)
    server.once('error', fail)
    server.listen(port, LOOPBACK, () => {
      server.off('error', fail)
      resolve(true)
    })
  })
}

function doorOf(server: Server): Door {
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      await Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })])
      server.closeAllConnections()
      await closed
    },
  }
}
