import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendResponse } from '../launcher/answer-with.ts'
import { brokenOff, tooLarge, type Asked } from './asked.ts'
import type { CloudAnswerer } from './cloud-fetch.ts'

/**
 * Answers Node's requests.
 *
 * Without fetch's Request and Response in between, which cost as much as most answers; only streams and pages are made of
 * them.
 */
export function cloudListener(
  answer: CloudAnswerer,
  addressOf: (incoming: IncomingMessage) => string,
  onFailure: (error: unknown) => void,
) {
  const together = sentTogether()
  return async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const signal = lazySignal(outgoing)
    try {
      const said = await answer(askedOfNode(incoming, signal), addressOf(incoming))
      if (said instanceof Response) return await sendResponse(said, outgoing, signal())
      await together()
      // Head and body at once, so that they leave in one write.
      outgoing.writeHead(said.status, said.headers)
      outgoing.end(incoming.method === 'HEAD' ? undefined : said.body)
    } catch (error) {
      if (outgoing.destroyed) return
      onFailure(error)
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(500).end()
    }
  }
}

/**
 * Ends when everything that had arrived with a request is worked on. What is written then, for many callers, wakes the
 * machine's network and its readers once, and not once for each.
 */
function sentTogether(): () => Promise<void> {
  let next: Promise<void> | undefined
  return () =>
    (next ??= new Promise((resolve) =>
      setImmediate(() => {
        next = undefined
        resolve()
      }),
    ))
}

function askedOfNode(incoming: IncomingMessage, signal: () => AbortSignal): Asked {
  return {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    signal,
    header(name) {
      const value = incoming.headers[name.toLowerCase()]
      return typeof value === 'string' ? value : value?.join(', ')
    },
    text: (largest) => textOf(incoming, largest),
  }
}

function textOf(incoming: IncomingMessage, largest: number): Promise<string> {
  if (Number(incoming.headers['content-length'] ?? 0) > largest) return Promise.reject(refusedAsTooLarge(largest))
  // The caller may have left while we looked up who asks.
  if (incoming.destroyed && !incoming.readableEnded) return Promise.reject(brokenOff())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= largest) return void chunks.push(chunk)
      chunks.length = 0
      reject(refusedAsTooLarge(largest))
    })
    incoming.on('end', () => resolve((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8')))
    const fail = () => {
      if (!incoming.readableEnded) reject(brokenOff())
    }
    incoming.on('error', fail)
    incoming.on('close', fail)
  })
}

function refusedAsTooLarge(largest: number): unknown {
  try {
    return tooLarge(largest)
  } catch (refused) {
    return refused
  }
}

/** Made when somebody looks at it: most requests are over before anybody could leave. */
function lazySignal(outgoing: ServerResponse): () => AbortSignal {
  let controller: AbortController | undefined
  return () => {
    if (controller) return controller.signal
    const made = (controller = new AbortController())
    if (outgoing.destroyed) made.abort()
    else outgoing.once('close', () => made.abort())
    return made.signal
  }
}
