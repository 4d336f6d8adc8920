import { parentPort } from 'node:worker_threads'
import { Refused } from '../../../domain/failure/refusal.ts'
import { openLogDesk, type LogDesk } from './log-desk.ts'
import type { WorkerAnswer, WorkerRequest } from './log-reader.ts'

/** The thread that reads logs: one call may wait for the files while others are answered. */
const port = parentPort
if (!port) throw new Error('the log reader is a worker thread')

const desk = openLogDesk()
const underWay = new Map<number, AbortController>()

port.on('message', (request: WorkerRequest) => {
  if ('cancel' in request) {
    underWay.get(request.cancel)?.abort()
    return
  }
  const { id, call, ask } = request
  const end = new AbortController()
  underWay.set(id, end)
  void answer(call, ask, end.signal).then((answered) => {
    underWay.delete(id)
    port.postMessage({ id, ...answered } satisfies WorkerAnswer)
  })
})

async function answer(call: WorkerRequest['call'], ask: unknown, signal: AbortSignal) {
  try {
    const work = desk[call as 'window'] as (ask: unknown, signal: AbortSignal) => ReturnType<LogDesk['window']>
    return { value: await work(ask, signal) }
  } catch (error) {
    if (signal.aborted) return { value: undefined }
    if (error instanceof Refused) return { refusal: error.refusal }
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
