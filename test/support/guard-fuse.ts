/**
 * Mounts an empty FUSE file system on the first argument, runs the rest of the arguments as a program, and ends with
 * it. To be run in a mount namespace of its own, as root; the mount ends with it.
 *
 * It speaks just enough of the kernel's protocol to be looked at: one folder with nothing in it.
 * @see linux/fuse.h
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, read, writeSync } from 'node:fs'

const [INIT, GETATTR, STATFS, LOOKUP, FORGET, BATCH_FORGET] = [26, 3, 17, 1, 2, 42]
const [ENOENT, ENOSYS] = [2, 38]

const [folder = '', ...program] = process.argv.slice(2)
const device = openSync('/dev/fuse', 'r+')
serve()
const options = `fd=3,rootmode=40000,user_id=${process.getuid?.()},group_id=${process.getgid?.()}`
const mount = spawn('mount', ['-i', '-t', 'fuse', '-o', options, 'slipway-test', folder], {
  stdio: ['ignore', 'inherit', 'inherit', device],
})
const [failed] = (await once(mount, 'exit')) as [number]
if (failed) process.exit(failed)
const child = spawn(program[0] ?? 'true', program.slice(1), { stdio: 'inherit' })
const [code] = (await once(child, 'exit')) as [number]
// Ends the pending read of the device, which would keep this process from ending.
await once(spawn('umount', ['-l', folder]), 'exit')
process.exit(code)

function serve(): void {
  const request = Buffer.alloc(256 * 1024)
  read(device, request, 0, request.length, null, (error, length) => {
    // The mount may not be there yet.
    if (error && error.code !== 'EPERM' && error.code !== 'EAGAIN') return
    if (error) return void setTimeout(serve, 5)
    if (length > 0) answer(request)
    serve()
  })
}

function answer(request: Buffer): void {
  const opcode = request.readUInt32LE(4)
  if (opcode === FORGET || opcode === BATCH_FORGET) return
  const unique = request.readBigUInt64LE(8)
  if (opcode === INIT) return reply(unique, 0, initOut())
  if (opcode === GETATTR) return reply(unique, 0, folderAttributes())
  if (opcode === STATFS) return reply(unique, 0, Buffer.alloc(80))
  reply(unique, opcode === LOOKUP ? ENOENT : ENOSYS, Buffer.alloc(0))
}

function reply(unique: bigint, error: number, body: Buffer): void {
  const header = Buffer.alloc(16)
  header.writeUInt32LE(16 + body.length, 0)
  header.writeInt32LE(-error, 4)
  header.writeBigUInt64LE(unique, 8)
  writeSync(device, Buffer.concat([header, body]))
}

function initOut(): Buffer {
  const body = Buffer.alloc(64)
  body.writeUInt32LE(7, 0)
  body.writeUInt32LE(31, 4)
  body.writeUInt32LE(4096, 20)
  return body
}

function folderAttributes(): Buffer {
  const body = Buffer.alloc(16 + 88)
  body.writeBigUInt64LE(1n, 16)
  body.writeUInt32LE(0o040_755, 16 + 60)
  body.writeUInt32LE(2, 16 + 64)
  return body
}
