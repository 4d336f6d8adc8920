import { createInterface, type Interface } from 'node:readline'
import { refuse } from '../../domain/failure/refusal.ts'
import type { Cli } from './cli.ts'

/** Asks for secrets, one after another: of a person without showing what is typed, of a script line by line. */
export type SecretReader = Readonly<{
  /** @throws {Refused} bad-usage: nothing was entered */
  ask(prompt: string): Promise<string>
  close(): void
}>

const [CTRL_C, CTRL_D, CTRL_U, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\u0015', '\b', '\u007f']

/** Secrets come from the terminal or from standard input; arguments and environment show in process lists. */
export function openSecretReader(cli: Pick<Cli, 'stdin' | 'stderr'>): SecretReader {
  return cli.stdin.isTTY === true ? terminalReader(cli) : pipeReader(cli)
}

function terminalReader({ stdin, stderr }: Pick<Cli, 'stdin' | 'stderr'>): SecretReader {
  return {
    ask(prompt) {
      stderr.write(`${prompt}: `)
      stdin.setRawMode?.(true)
      stdin.setEncoding('utf8')
      stdin.resume()
      return new Promise<string>((resolve, reject) => {
        let typed: string[] = []
        const finish = () => {
          stdin.off('data', onData)
          stdin.off('end', onEnd)
          stdin.setRawMode?.(false)
          stdin.pause()
          stderr.write('\n')
        }
        const give = () => {
          finish()
          if (typed.length > 0) resolve(typed.join(''))
          else reject(nothingEntered())
        }
        const onEnd = () => give()
        const onData = (chunk: string | Buffer) => {
          for (const char of chunk.toString())
            if (char === '\r' || char === '\n' || char === CTRL_D) return give()
            else if (char === CTRL_C) {
              typed = []
              return give()
            } else if (char === CTRL_U) typed = []
            else if (char === BACKSPACE || char === DELETE) typed.pop()
            else if (char >= ' ') typed.push(char)
        }
        stdin.on('data', onData)
        stdin.on('end', onEnd)
      })
    },
    close: () => undefined,
  }
}

function pipeReader({ stdin }: Pick<Cli, 'stdin'>): SecretReader {
  let lines: Interface | undefined
  let next: AsyncIterator<string> | undefined
  return {
    async ask() {
      lines ??= createInterface({ input: stdin, crlfDelay: Infinity })
      next ??= lines[Symbol.asyncIterator]()
      const { done, value } = await next.next()
      if (done === true || value === '') throw nothingEntered()
      return value
    },
    close: () => lines?.close(),
  }
}

function nothingEntered(): unknown {
  try {
    return refuse('bad-usage', 'Nothing was entered.', 'Type it when asked, or give it on standard input.')
  } catch (error) {
    return error
  }
}
