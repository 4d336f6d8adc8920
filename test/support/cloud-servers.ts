import { spawn, spawnSync, execFileSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** A server that a test asked for, with a folder of its own under the temporary directory, reached at `url`. */
export type TestServer = Readonly<{
  url: string
  pid: number
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  /** Ends it and takes its folder away. */
  stop(): Promise<void>
}>

/** Thrown where a server can't be had: tests skip with its text, or fail where CI must have it. */
export class ServerMissing extends Error {}

const READY_MS = 60_000
/** Ends the server when the test process is gone, however it went: then this guard's standard input closes. */
const GUARD = join(import.meta.dirname, 'server-guard.ts')

/** A PostgreSQL of its own, empty, without fsync. @throws {ServerMissing} */
export async function startPostgres(): Promise<TestServer> {
  const initdb = program('initdb', 'postgresql-15')
  const postgres = program('postgres', 'postgresql-15')
  const owner = process.getuid?.() === 0 ? unprivileged() : undefined
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pg-'))
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  try {
    execFileSync(initdb, ['-D', data, '-U', 'slipway', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], {
      ...owner,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
  const set = (name: string, value: string) => ['-c', `${name}=${value}`]
  const args = [
    ...['-D', data, '-k', folder],
    ...set('listen_addresses', ''),
    ...[...set('fsync', 'off'), ...set('synchronous_commit', 'off'), ...set('full_page_writes', 'off')],
    ...[...set('max_connections', '200'), ...set('shared_buffers', '32MB'), ...set('autovacuum', 'off')],
    // In its folder, not in the machine's shared memory: a killed server leaves nothing behind.
    ...set('dynamic_shared_memory_type', 'mmap'),
  ]
  const url = `postgresql://slipway@localhost/postgres?host=${encodeURIComponent(folder)}`
  return await guarded({ folder, url, command: [postgres, ...args], owner, isReady: /ready to accept connections/ })
}

/**
 * A Redis of its own, empty, that keeps nothing on disk.
 *
 * @param port to begin one again where another has been; a free one, unless told
 * @throws {ServerMissing}
 */
export async function startRedis(port?: number): Promise<TestServer> {
  const redis = program('redis-server', 'redis-server')
  const folder = mkdtempSync(join(tmpdir(), 'slipway-redis-'))
  const taken = port ?? (await freePort())
  const args = [...['--port', String(taken), '--bind', '127.0.0.1', '--dir', folder], ...['--save', '']]
  return await guarded({
    folder,
    url: `redis://127.0.0.1:${taken}`,
    command: [redis, ...args, '--appendonly', 'no'],
    owner: undefined,
    isReady: /eady to accept connections/,
  })
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

type Guarded = Readonly<{
  folder: string
  url: string
  command: readonly string[]
  owner: { uid: number; gid: number } | undefined
  isReady: RegExp
}>

async function guarded({ folder, url, command, owner, isReady }: Guarded): Promise<TestServer> {
  const guard = spawn(process.execPath, [GUARD, folder, JSON.stringify(owner ?? {}), ...command], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Not of our process group: Ctrl-C is for us, and the guard follows.
    detached: true,
  })
  guard.stdin.on('error', () => undefined)
  const pid = await readyPid(guard, isReady, command[0]!)
  // They keep no test waiting; the guard ends with this process.
  guard.unref()
  for (const stream of [guard.stdin, guard.stdout]) (stream as unknown as { unref(): void }).unref()
  return {
    url,
    pid,
    async kill() {
      for (const each of [...childrenOf(pid), pid]) killed(each)
      while (isAlive(pid)) await new Promise((done) => setTimeout(done, 5))
    },
    async stop() {
      if (guard.exitCode !== null) return
      guard.ref()
      const exited = once(guard, 'exit')
      guard.stdin.end()
      await exited
    },
  }
}

/** A worker may end by itself between the look at the list and its turn. */
function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The guard's first line is the server's pid, the rest is what the server says. */
async function readyPid(guard: ChildProcess, isReady: RegExp, name: string): Promise<number> {
  let said = ''
  const timer = setTimeout(() => guard.stdin!.end(), READY_MS)
  try {
    for await (const chunk of guard.stdout!.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      said += chunk.toString()
      const pid = /^(\d+)\n/.exec(said)?.[1]
      if (pid && isReady.test(said)) {
        guard.stdout!.resume()
        return Number(pid)
      }
    }
  } finally {
    clearTimeout(timer)
  }
  throw new Error(`${name} did not start: ${said}`)
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['--ppid', String(pid), '-o', 'pid='])
  return stdout.toString().split('\n').map(Number).filter(Boolean)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const row = ['postgres', 'nobody'].map((name) => users.find((user) => user.startsWith(`${name}:`))).find(Boolean)
  if (!row) throw new ServerMissing('there is no user but root to run PostgreSQL as')
  const [, , uid, gid] = row.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

/** Finds a program, and installs Debian's package where it is missing and we may. */
function program(name: string, debianPackage: string): string {
  const found = find(name)
  if (found) return found
  install(debianPackage)
  const installed = find(name)
  if (!installed) throw new ServerMissing(`${name} is not installed (Debian: apt-get install ${debianPackage})`)
  return installed
}

function find(name: string): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : []
  return [...(process.env.PATH ?? '').split(delimiter), ...versions]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
}

function install(debianPackage: string): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  // Run level 1 keeps the package from starting a server of its own; the lock is for test files that install at once.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const script = `apt-get install -y -qq --no-install-recommends ${debianPackage} || { apt-get update -qq && apt-get install -y -qq --no-install-recommends ${debianPackage}; }`
  try {
    const lock = join(tmpdir(), 'slipway-apt.lock')
    execFileSync('flock', [lock, 'sh', '-c', script], { env, stdio: 'ignore', timeout: 300_000 })
  } catch {
    // No network, or no right: whoever asked says that it is missing.
  }
}
