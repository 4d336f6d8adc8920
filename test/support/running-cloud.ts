import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { streamLog } from '../../src/adapters/log/stream-log.ts'
import { serveCloud, type ServeCloudOptions } from '../../src/apps/cloud/serve-cloud.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { makeUnseededPool } from './unseeded-pool.ts'
import { programOf } from './programs/programs.ts'

/** A cloud server in a process of its own. */
export type RunningCloud = Readonly<{
  /** http://127.0.0.1:port */
  url: string
  home: string
  pid: number
  exited: Promise<number | null>
  /** What it has said so far: its log, line by line, and its words to a person. */
  output: () => string
  /** Ends it as an operator would, and waits. */
  stop(): Promise<number | null>
  /** Ends it as a power cut would, and waits. */
  kill(): Promise<void>
}>

export type RunningCloudOptions = Readonly<{
  /** Of a former one, to go on with; else a new temporary one, where its pool on SQLite has had its seed. */
  home?: string
  databaseUrl?: string
  redisUrl?: string
  args?: readonly string[]
  env?: NodeJS.ProcessEnv
  /** The program as it is shipped, or another; as its source is now, unless told. */
  program?: string
}>

/** Starts `slipway cloud serve` on a free port; it ends with the test, or when `stop` is called outside of one. */
export async function runningCloud(options: RunningCloudOptions = {}): Promise<RunningCloud> {
  const { databaseUrl, redisUrl, args = [] } = options
  const program = options.program ?? programOf('cloud')
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'slipway-cloud-'))
  if (options.home === undefined && databaseUrl === undefined)
    await makeUnseededPool({ kind: 'sqlite', file: join(home, 'cloud', 'cloud.db') })
  const child = spawn(process.execPath, [program, '--home', home, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ ...process.env, DATABASE_URL: databaseUrl ?? '', REDIS_URL: redisUrl ?? '', SMTP_URL: '' },
      ...options.env,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  duringTest(async () => {
    await kill()
    if (options.home === undefined) rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  })
  const ended = exited.then((code) => {
    throw new Error(`the cloud ended (${code}): ${output}`)
  })
  ended.catch(() => undefined)
  const url = await Promise.race([saidReady(() => output), ended])
  return {
    ...{ url, home, pid: child.pid!, exited, output: () => output, kill },
    async stop() {
      child.kill('SIGTERM')
      return await exited
    },
  }
}

async function saidReady(output: () => string): Promise<string> {
  for (;;) {
    const url = /is ready at (http\S+)/.exec(output())?.[1]
    if (url) return url
    await new Promise((done) => setTimeout(done, 10))
  }
}

/**
 * The same server in this process, on a free port of 127.0.0.1, unless told otherwise with SQLite in a temporary folder and
 * a pool that has had its seed.
 */
export async function servedCloud(options: Partial<ServeCloudOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-cloud-'))
  const lines: string[] = []
  const now = options.now ?? (() => epochMs(Date.now()))
  const database = { kind: 'sqlite', file: join(folder, 'cloud.db') } as const
  if (!options.database) await makeUnseededPool(database)
  const cloud = await serveCloud({
    deployment: 'hosted',
    database,
    redisUrl: undefined,
    listen: { host: '127.0.0.1', port: 0 },
    keys: join(folder, 'keys'),
    behindProxy: false,
    pages: join(folder, 'pages'),
    settings: { smtpUrl: undefined, mailFrom: undefined, stripeSecret: undefined, publicUrl: undefined },
    instance: crypto.randomUUID(),
    version: '0.0.0-test',
    log: streamLog({ write: (line) => void lines.push(line), fixed: {}, now }),
    elapsed: () => performance.now(),
    ...options,
    now,
  })
  duringTest(async () => {
    await cloud.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return { ...cloud, url: cloud.address, folder, lines }
}

export type CloudAnswer = Readonly<{
  status: number
  headers: NodeJS.Dict<string | string[]>
  body: unknown
  text: string
}>

/** Asks a server over HTTP or over its private socket, without any client of ours. */
export async function askCloud(
  address: string,
  path: string,
  { body, headers = {}, method }: { body?: unknown; headers?: Record<string, string>; method?: string } = {},
): Promise<CloudAnswer> {
  const where = address.startsWith('http') ? {} : { socketPath: address }
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  const type =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  const url = new URL(path, address.startsWith('http') ? address : 'http://localhost')
  return await new Promise((resolve, reject) => {
    const asked = request(
      url,
      {
        ...where,
        method: method ?? (text === undefined ? 'GET' : 'POST'),
        headers: { ...type, ...headers },
        agent: false,
      },
      (response) => {
        let said = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (said += chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: said, body: parsed(said) }),
        )
      },
    )
    asked.on('error', reject)
    asked.end(text)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function duringTest(end: () => Promise<void>): void {
  try {
    onTestFinished(end)
  } catch {
    // Started by a hook or a bench, which ends it itself.
  }
}
