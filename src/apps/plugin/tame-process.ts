import { thrownText, type Fail } from './fail.ts'

/** What could end the bot or reach past it. A guard against accidents: a plug-in has the rights of whoever installed it. */
const FORBIDDEN_CALLS = ['kill', 'abort', 'dlopen', 'chdir', 'setuid', 'setgid'] as const
/** A decision that waits for the network can't be made in time, nor made again in a backtest. */
const NO_NETWORK = ['fetch', 'WebSocket', 'EventSource'] as const

/** Makes the thread a place for a strategy: what ends it is told first, what reaches outside is not there. */
export function tameProcess(fail: Fail): void {
  const exit = process.exit.bind(process)
  process.exit = (code) => {
    fail({ code: 'exited', text: `called process.exit(${code === undefined ? '' : String(code)})` })
    return exit(code)
  }
  for (const name of FORBIDDEN_CALLS) {
    if (!(name in process)) continue
    Object.defineProperty(process, name, {
      value: () => {
        throw new Error(`a strategy may not call process.${name}()`)
      },
    })
  }
  for (const name of NO_NETWORK) Reflect.deleteProperty(globalThis, name)
  process.on('uncaughtException', (error) => fail({ code: 'threw', text: `${thrownText(error)}, outside a bar` }))
  process.on('unhandledRejection', (error) =>
    fail({ code: 'rejected', text: `left a promise rejected: it ${thrownText(error)}` }),
  )
}
