import { Agent as HttpAgent, type AgentOptions } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'

/** Connections of one client, each of which opens within a time or not at all. */
export type ImpatientAgents = Readonly<{
  httpAgent: HttpAgent
  /** undefined where no connection is secure. */
  httpsAgent: HttpsAgent | undefined
  /** Cuts all connections. */
  close(): void
}>

/**
 * Agents that keep connections and bound how long one may take to open: name, connection and TLS together.
 *
 * @param connectMs milliseconds
 * @param isSecure  TLS takes memory, and is loaded only where it is used
 */
export function impatientAgents(connectMs: number, isSecure: boolean, options: AgentOptions): ImpatientAgents {
  const httpAgent = impatient(new HttpAgent(options), connectMs, 'connect')
  const httpsAgent = isSecure ? impatient(secureAgent(options), connectMs, 'secureConnect') : undefined
  return {
    httpAgent,
    httpsAgent,
    close() {
      httpAgent.destroy()
      httpsAgent?.destroy()
    },
  }
}

function secureAgent(options: AgentOptions): HttpsAgent {
  const { Agent } = process.getBuiltinModule('node:https')
  return new Agent(options)
}

const UNSENT = Symbol('unsent')

/** Whether a call failed before its connection was open, when not a byte of a request can have left. */
export function isUnsent(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (UNSENT in at) return true
  return false
}

function impatient<A extends HttpAgent>(agent: A, connectMs: number, ready: 'connect' | 'secureConnect'): A {
  const open = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    const socket = open(options, callback)
    if (socket) watchOpening(socket, connectMs, ready)
    return socket
  }
  return agent
}

function watchOpening(socket: Duplex, connectMs: number, ready: 'connect' | 'secureConnect'): void {
  const late = () => socket.destroy(new Error(`no connection within ${connectMs} ms`))
  const timer = setTimeout(late, connectMs)
  const failed = (error: Error) => void Object.assign(error, { [UNSENT]: true })
  const end = () => {
    clearTimeout(timer)
    socket.off('error', failed)
  }
  socket.prependListener('error', failed)
  socket.once(ready, end)
  socket.once('close', () => clearTimeout(timer))
}
