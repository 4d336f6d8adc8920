import { createReadStream, type ReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { refuse, Refused, refusal } from '../../domain/failure/refusal.ts'

/** A text file, unpacked and decoded piece by piece. */
export type TextSource = Readonly<{
  chunks: AsyncGenerator<string>
  bytesTotal: number
  /** Bytes of the file itself that have been read so far. */
  bytesRead(): number
}>

type Packing = 'none' | 'gzip' | 'zstd'

/** First bytes of files we can tell a person the name of, but not read. */
const FOREIGN = [
  { magic: [0x50, 0x4b, 0x03, 0x04], name: 'a zip archive' },
  { magic: [0x42, 0x5a, 0x68], name: 'a bzip2 archive' },
  { magic: [0xfd, 0x37, 0x7a, 0x58], name: 'an xz archive' },
  { magic: [0x37, 0x7a, 0xbc, 0xaf], name: 'a 7z archive' },
  { magic: [0x50, 0x41, 0x52, 0x31], name: 'a Parquet file' },
]
const HOW_TO_UNPACK = 'Unpack it first, or convert it to CSV, and import the text file.'
const NEXT_FORMATS =
  'Import a CSV file with time, open, high, low and close, or an AI-Trader merged.jsonl; both may be gzipped.'

/**
 * Opens a text file, plain, gzip or zstd (told by its first bytes, not its name), UTF-8 or UTF-16 by its byte order mark.
 *
 * @throws {Refused} 'file-unreadable' | 'data-format-unknown'; while reading too, when the file is damaged
 */
export async function openText(file: string): Promise<TextSource> {
  const { size, head } = await readHead(file)
  if (size === 0) refuseFormat(`${file} is empty.`)
  const foreign = FOREIGN.find(({ magic }) => magic.every((byte, at) => head[at] === byte))
  if (foreign) refuseFormat(`${file} is ${foreign.name}.`, HOW_TO_UNPACK)
  const input = createReadStream(file, { highWaterMark: 256 * 1024 })
  return { chunks: decode(file, input, packingOf(head)), bytesTotal: size, bytesRead: () => input.bytesRead }
}

export function refuseFormat(message: string, nextStep: string = NEXT_FORMATS): never {
  return refuse('data-format-unknown', message, nextStep)
}

async function readHead(file: string): Promise<{ size: number; head: Uint8Array }> {
  try {
    const info = await stat(file)
    if (info.isDirectory()) refuse('file-unreadable', `${file} is a folder.`, 'Name one file to import.')
    const handle = await open(file)
    try {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(8), 0, 8, 0)
      return { size: info.size, head: buffer.subarray(0, bytesRead) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw readFailure(error, file)
  }
}

function packingOf(head: Uint8Array): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd ? 'zstd' : 'none'
}

/** The bytes of a file, unpacked. A failure to read it ends them with its error. */
function unpacked(input: ReadStream, packing: Packing): Readable {
  if (packing === 'none') return input
  const chunkSize = 256 * 1024
  const output = packing === 'gzip' ? createGunzip({ chunkSize }) : createZstdDecompress({ chunkSize })
  input.on('error', (error) => output.destroy(error))
  return input.pipe(output)
}

async function* decode(file: string, input: ReadStream, packing: Packing): AsyncGenerator<string> {
  let decoder: ReturnType<typeof decoderFor> | undefined
  try {
    for await (const bytes of unpacked(input, packing) as AsyncIterable<Buffer>) {
      decoder ??= decoderFor(bytes)
      const text = decoder.decode(bytes, { stream: true })
      if (text.includes('\0')) refuseFormat(`${file} is not a text file.`)
      if (text !== '') yield text
    }
    const rest = decoder?.decode() ?? ''
    if (rest !== '') yield rest
  } catch (error) {
    throw readFailure(error, file)
  } finally {
    // Whoever stops reading early leaves the file open otherwise; the unpacker ends with the loop.
    input.destroy()
  }
}

function decoderFor(first: Buffer) {
  if (first[0] === 0xff && first[1] === 0xfe) return new TextDecoder('utf-16le')
  if (first[0] === 0xfe && first[1] === 0xff) return new TextDecoder('utf-16be')
  return new TextDecoder('utf-8')
}

function readFailure(error: unknown, file: string): unknown {
  if (error instanceof Refused || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return new Refused(refusal('file-unreadable', `There is no file ${file}.`, 'Check the path.'))
  if (/^(Z_|ZSTD_|ERR_ZSTD|ERR__ZSTD)/.test(code))
    return new Refused(
      refusal('file-unreadable', `${file} is damaged or cut off.`, 'Get the file again and import it.'),
    )
  if (/^E[A-Z]+$/.test(code))
    return new Refused(
      refusal('file-unreadable', `${file} can't be read (${code}).`, 'Check the path and its permissions.'),
    )
  return error
}
