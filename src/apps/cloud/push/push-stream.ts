import { PUSH_HEARTBEAT_MS, type PushEvent, type PushHello } from '../../../contracts/cloud/push.ts'
import type { PushDesk } from './push-desk.ts'
import type { PushListener } from './push.ts'

export type PushStreamParts = Readonly<{
  desk: PushDesk
  listener: Omit<PushListener, 'hear'>
  /** Last-Event-ID. */
  after: number | undefined
  /** The caller has left. */
  signal: AbortSignal
  serverTime: string
  heartbeatMs?: number
  /** Asked at each heartbeat: false ends the stream. Where it fails, the next one asks again. */
  mayGoOn?: () => Promise<boolean>
  /** Called once, when the stream has ended. */
  ended?: () => void
}>

/** What may wait for a subscriber to read it, bytes; then it is dropped, and resumes when it can. */
const MOST_WAITING = 256 * 1024
/** Clients of an instance that ends come back spread over this long, milliseconds. */
const [RETRY_MS, RETRY_SPREAD_MS] = [1_000, 4_000]

/** One subscriber's stream of server-sent events. */
export function pushStream(parts: PushStreamParts): Response {
  const { desk, listener, after, signal, serverTime, heartbeatMs = PUSH_HEARTBEAT_MS, mayGoOn, ended } = parts
  const encoder = new TextEncoder()
  let end: () => void = () => undefined
  const stream = new ReadableStream<Uint8Array>(
    {
      async start(controller) {
        let open = true
        let leave: () => void = () => undefined
        const write = (text: string): boolean => {
          if (!open) return false
          controller.enqueue(encoder.encode(text))
          if ((controller.desiredSize ?? 0) > 0) return true
          end()
          return false
        }
        end = () => {
          if (!open) return
          open = false
          clearInterval(beats)
          signal.removeEventListener('abort', end)
          notClosing()
          leave()
          try {
            controller.close()
          } catch {
            // The reader has canceled it: then it is closed.
          }
          ended?.()
        }
        const beat = (): void => {
          if (!write(':\n\n')) return
          mayGoOn?.().then(
            (may) => may || end(),
            () => undefined,
          )
        }
        const beats = setInterval(beat, heartbeatMs).unref()
        const notClosing = desk.onClose(end)
        signal.addEventListener('abort', end, { once: true })
        if (signal.aborted) end()
        try {
          leave = await desk.listen(
            { ...listener, hear: (event) => write(textOf(event)) },
            after,
            ({ seq, complete }) => {
              const hello: PushHello = { complete, server_time: serverTime }
              const retry = Math.round(RETRY_MS + Math.random() * RETRY_SPREAD_MS)
              write(`retry: ${retry}\nid: ${seq}\nevent: hello\ndata: ${JSON.stringify(hello)}\n\n`)
            },
          )
        } catch {
          // The past can't be read: the caller comes back with the same id.
          end()
        }
        if (!open) leave()
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING }),
  )
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // Proxies that gather answers would keep it for ever.
      'x-accel-buffering': 'no',
    },
  })
}

/** JSON has no line break of its own, so it is one line of data. */
function textOf(event: PushEvent): string {
  return `id: ${event.seq}\nevent: ${event.topic}\ndata: ${JSON.stringify(event)}\n\n`
}
