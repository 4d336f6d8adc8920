import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'

const HOST = join(import.meta.dirname, 'utility-host.ts')

type ForkOptions = { env?: NodeJS.ProcessEnv; stdio?: string; serviceName?: string }

/** A utility process: a real one, of plain Node, that talks as Electron's does and is given no descriptor of ours. */
export class FakeUtilityProcess extends EventEmitter {
  readonly module: string
  readonly options: ForkOptions
  readonly #child: ChildProcess

  constructor(module: string, options: ForkOptions) {
    super()
    this.module = module
    this.options = options
    this.#child = fork(HOST, [module], { env: options.env ?? {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    this.#child.on('message', (word) => this.emit('message', word))
    this.#child.on('exit', (code) => this.emit('exit', code))
  }

  postMessage(message: unknown): void {
    this.#child.send(message as object)
  }

  kill(): boolean {
    return this.#child.kill()
  }
}
