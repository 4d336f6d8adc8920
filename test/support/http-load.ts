import { connect, type Socket } from 'node:net'

export type Load = Readonly<{ answered: number; failed: number; seconds: number; latencies: Float64Array }>

/** A port of this machine, or a socket's path. */
export type Door = number | string

const SILENCE_MS = 10_000

/** One connection that asks again and again; answers say how long they are, or come in chunks. */
class Asker {
  readonly #socket: Socket
  #text = ''
  #done: ((status: number) => void) | undefined
  constructor(to: Door) {
    this.#socket = connect(typeof to === 'string' ? { path: to } : { port: to, host: '127.0.0.1', noDelay: true })
    this.#socket.setEncoding('latin1')
    this.#socket.on('error', () => this.#done?.(0))
    this.#socket.on('close', () => this.#done?.(0))
    this.#socket.on('data', (chunk: string) => this.#take(chunk))
  }

  ask(request: string): Promise<number> {
    if (this.#socket.destroyed) return Promise.resolve(0)
    return new Promise((resolve) => {
      // A server that says nothing for so long has lost the request.
      const lost = setTimeout(() => this.#socket.destroy(), SILENCE_MS)
      this.#done = (status) => {
        clearTimeout(lost)
        this.#done = undefined
        resolve(status)
      }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: string): void {
    this.#text += chunk
    const end = this.#text.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#text.slice(0, end)
    const length = /\r\ncontent-length: (\d+)/i.exec(head)
    const isWhole = length ? this.#text.length >= end + 4 + Number(length[1]) : this.#text.endsWith('\r\n0\r\n\r\n')
    if (!isWhole) return
    const status = Number(this.#text.slice(9, 12))
    this.#text = ''
    this.#done?.(status)
  }
}

/** A request as it goes over the wire: made once, because the load shall cost its own core little. */
export function wireOf(path: string, body: unknown): string {
  const text = JSON.stringify(body)
  return `POST ${path} HTTP/1.1\r\nhost: cloud\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
}

/** As many requests as the server answers, over so many connections at a time. */
export async function fullLoad(to: Door, requests: readonly string[], connections: number, ms: number): Promise<Load> {
  const begin = performance.now()
  let next = 0
  let answered = 0
  let failed = 0
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const asker = new Asker(to)
      while (performance.now() - begin < ms) {
        const status = await asker.ask(requests[next++ % requests.length]!)
        if (status === 200) answered++
        else failed++
      }
      asker.close()
    }),
  )
  return { answered, failed, seconds: (performance.now() - begin) / 1_000, latencies: new Float64Array() }
}

/**
 * Requests at a steady rate, whatever the server does: each is timed from when it was due, so that a stall counts for all
 * that waited behind it.
 */
export async function steadyLoad(to: Door, requests: readonly string[], perSecond: number, ms: number): Promise<Load> {
  const idle = Array.from({ length: 64 }, () => new Asker(to))
  const all = [...idle]
  const latencies: number[] = []
  const begin = performance.now()
  let due = 0
  let failed = 0
  const open = new Set<Promise<void>>()
  while (performance.now() - begin < ms) {
    const now = performance.now()
    while (begin + (due * 1_000) / perSecond <= now && idle.length > 0) {
      const at = begin + (due * 1_000) / perSecond
      const asker = idle.pop()!
      const asked = asker.ask(requests[due++ % requests.length]!).then((status) => {
        if (status !== 200) failed++
        latencies.push(performance.now() - at)
        idle.push(asker)
        open.delete(asked)
      })
      open.add(asked)
    }
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  await Promise.all(open)
  for (const asker of all) asker.close()
  const seconds = (performance.now() - begin) / 1_000
  return { answered: latencies.length - failed, failed, seconds, latencies: Float64Array.from(latencies).sort() }
}
