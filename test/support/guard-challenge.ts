import { connect } from 'node:net'

/** Asks a guard holder's endpoint for its instanceId; undefined when none answers in time. */
export function askInstance(endpoint: string, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(endpoint)
    socket.setTimeout(timeoutMs, () => socket.destroy())
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text === '' ? undefined : text))
  })
}
