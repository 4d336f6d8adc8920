import type { LauncherClient } from '../launcher/launcher-client.ts'
import type { LogQuery } from './log-choice.ts'

/** Where an export goes: a file of the user's choice as it comes, or one the browser puts among the downloads at the end. */
type Target = Readonly<{ write: (text: string) => Promise<void>; done: () => Promise<void>; drop: () => Promise<void> }>

export type ExportProgress = Readonly<{ lines: number; total: number }>

/**
 * Saves every wanted line as it stands in the files.
 *
 * @returns lines saved; undefined when nobody chose a file
 */
export async function exportLog(
  client: LauncherClient,
  query: LogQuery,
  name: string,
  onProgress: (progress: ExportProgress) => void,
  signal: AbortSignal,
): Promise<number | undefined> {
  const target = await openTarget(name)
  if (!target) return undefined
  try {
    const { find: _, ...wanted } = query
    let lines = 0
    // It is a stream that is never silent for long, so it has no total timeout.
    for await (const piece of await client.logs.export(wanted, { signal, context: { heard: () => undefined } })) {
      await target.write(piece.text)
      lines = piece.next
      onProgress({ lines, total: piece.total })
    }
    await target.done()
    return lines
  } catch (error) {
    await target.drop()
    throw error
  }
}

type FilePicker = (options: { suggestedName: string }) => Promise<{
  createWritable: () => Promise<
    WritableStream & { write: (text: string) => Promise<void>; close: () => Promise<void>; abort: () => Promise<void> }
  >
}>

async function openTarget(name: string): Promise<Target | undefined> {
  const { showSaveFilePicker: pick } = window as { showSaveFilePicker?: FilePicker }
  if (!pick) return blobTarget(name)
  try {
    const file = await (await pick({ suggestedName: name })).createWritable()
    return { write: (text) => file.write(text), done: () => file.close(), drop: () => file.abort() }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    // Some windows have the function and do not allow it.
    return blobTarget(name)
  }
}

/** Pieces become blobs as they come: a browser keeps large ones on disk. */
function blobTarget(name: string): Target {
  const pieces: Blob[] = []
  return {
    write: async (text) => void pieces.push(new Blob([text])),
    async done() {
      const url = URL.createObjectURL(new Blob(pieces, { type: 'text/plain' }))
      const link = document.createElement('a')
      link.href = url
      link.download = name
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), 60_000)
    },
    drop: async () => void pieces.splice(0),
  }
}
