import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repoRoot } from '../../support/repo-root.ts'
import { tempHome } from '../../support/temp-home.ts'

const KEYCHAIN = JSON.stringify(join(repoRoot, 'src', 'adapters', 'vault', 'keychain.ts'))
const has = (program: string) => spawnSync('which', [program]).status === 0
const why = ['dbus-run-session', 'gnome-keyring-daemon'].filter((program) => !has(program))
if (process.platform === 'linux' && why.length > 0)
  console.log(`Skipped: a real Secret Service, for want of ${why.join(' and ')}`)

/** Runs a script in a process with nothing of our session but what is given. */
function run(script: string, env: Record<string, string>) {
  const args = ['--input-type=module', '-e', script]
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    env: { PATH: process.env.PATH ?? '', LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH ?? '', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { stdout, stderr }
}

describe.runIf(process.platform === 'linux')('the keychain of Linux', () => {
  it('is refused where there is no session bus, and never exchanged for the kernel keyring, which forgets', () => {
    const before = kernelKeys()
    const { stdout, stderr } = run(
      `import { systemKeychain } from ${KEYCHAIN}
       const keychain = systemKeychain()
       for (const call of [() => keychain.write('test', Buffer.alloc(32, 7)), () => keychain.read('test')])
         await call().then(() => console.log('kept'), (error) => console.log(error.refusal.code))`,
      { HOME: tempHome(), XDG_RUNTIME_DIR: tempHome() },
    )
    expect(stdout, stderr).toBe('keychain-unusable\nkeychain-unusable\n')
    expect(kernelKeys().filter((line) => !before.includes(line))).toEqual([])
  })

  it.runIf(why.length === 0)('gives back what it was given, to another process too, and takes it away', () => {
    const home = tempHome()
    mkdirSync(join(home, 'run'), { mode: 0o700 })
    const write = `import { systemKeychain } from ${KEYCHAIN}; await systemKeychain().write('test', Buffer.alloc(32, 7))`
    const read = `import { systemKeychain } from ${KEYCHAIN}; const k = systemKeychain(); const kept = await k.read('test'); console.log(kept.toString('hex')); await k.remove('test'); console.log(await k.read('test'))`
    const session = `
      printf pass | gnome-keyring-daemon --unlock --components=secrets --foreground >&2 & D=$!
      sleep 1
      "$0" --input-type=module -e "$1" && "$0" --input-type=module -e "$2"
      kill $D`
    const { stdout, stderr } = spawnSync(
      'dbus-run-session',
      ['--', 'bash', '-c', session, process.execPath, write, read],
      {
        env: { ...process.env, HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: join(home, 'run') },
        encoding: 'utf8',
        timeout: 60_000,
      },
    )
    expect(stdout, stderr).toBe(`${'07'.repeat(32)}\nundefined\n`)
  })
})

function kernelKeys(): string[] {
  try {
    return readFileSync('/proc/keys', 'utf8')
      .split('\n')
      .filter((line) => /keyring-rs|slipway/i.test(line))
  } catch {
    return []
  }
}
