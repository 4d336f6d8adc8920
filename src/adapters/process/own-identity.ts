import { readFileSync, readlinkSync } from 'node:fs'
import { sha256Hex } from '../../domain/digest/sha256.ts'
import type { LockRecord } from '../../domain/lock/lock-record.ts'
import { parseProcStat } from './process-text.ts'

export type OwnIdentity = Pick<
  LockRecord,
  'pid' | 'ppid' | 'startTicks' | 'bootId' | 'pidNamespace' | 'hostId' | 'exe' | 'user'
>

/**
 * What tells this process from every other that had, has or will have its PID.
 *
 * @param storedHostId an id kept by us, asked for only where the system has none of its own
 */
export function ownIdentity(storedHostId: () => string = () => ''): OwnIdentity {
  const user = process.getuid?.()
  return {
    pid: process.pid,
    ppid: process.ppid,
    startTicks: ownStart(),
    bootId: textOf('/proc/sys/kernel/random/boot_id'),
    pidNamespace: linkOf('/proc/self/ns/pid'),
    hostId: hostId() || storedHostId(),
    exe: process.execPath,
    ...(user === undefined ? {} : { user: String(user) }),
  }
}

function ownStart(): string {
  const stat = parseProcStat(textOf('/proc/self/stat'))
  // Elsewhere the system's record of the start and ours come from one clock at one time; see START_TOLERANCE_MS.
  return stat ? stat.startTicks : `ms:${Math.round(performance.timeOrigin)}`
}

/** A digest, because a machine's own id is not ours to hand out. */
function hostId(): string {
  const id = machineId()
  return id === '' ? '' : sha256Hex(`slipway host ${id}`).slice(0, 32)
}

function machineId(): string {
  if (process.platform === 'darwin')
    return (
      /"IOPlatformUUID" = "([^"]+)"/.exec(output('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']))?.[1] ??
      ''
    )
  if (process.platform === 'win32')
    return (
      /MachineGuid\s+REG_SZ\s+(\S+)/.exec(
        output('reg.exe', ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid']),
      )?.[1] ?? ''
    )
  return textOf('/etc/machine-id') || textOf('/var/lib/dbus/machine-id')
}

function output(file: string, args: string[]): string {
  // Loaded here, since a bot on Linux starts without it.
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  return spawnSync(file, args, { encoding: 'utf8', timeout: 2_000, windowsHide: true }).stdout ?? ''
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
