import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { CloudFile, type CloudChoice } from '../../contracts/cloud/choice.ts'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'
import { replaceFile } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'
import { withFileLock } from '../lock/with-file-lock.ts'

/** Which cloud an installation works with. A choice that can't be read is `none`, with the problem: never another server. */
export type CloudServer = CloudChoice & Readonly<{ problem?: Refusal }>

type CloudHome = Pick<HomeLayout, 'cloudFile'>

/** The choice as it stands; the local cloud where nothing was ever chosen. */
export function cloudServerOf({ cloudFile }: CloudHome): CloudServer {
  let text: string
  try {
    text = readFileSync(cloudFile, 'utf8')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? { kind: 'local' } : unreadable(cloudFile)
  }
  return parsed(text) ?? unreadable(cloudFile)
}

/**
 * Chooses a cloud for good.
 *
 * @param instead only where this is still the choice: what a person has chosen meanwhile stands
 * @throws {Refused} timed-out, disk-full, home-read-only; the old choice stands
 */
export function chooseCloudServer({ cloudFile }: CloudHome, server: CloudChoice, instead?: CloudChoice): Promise<void> {
  return withFileLock(cloudFile, (signal) => {
    if (instead && !isDeepStrictEqual(cloudServerOf({ cloudFile }), instead)) return
    const text = `${JSON.stringify({ version: 1, server }, undefined, 2)}\n`
    signal.throwIfAborted()
    replaceFile(cloudFile, text)
  })
}

function parsed(text: string): CloudChoice | undefined {
  try {
    return CloudFile.safeParse(JSON.parse(text)).data?.server
  } catch {
    return undefined
  }
}

function unreadable(path: string): CloudServer {
  const problem = refusal(
    'setting-invalid',
    `${path} can't be read, so no cloud is used.`,
    'Choose one again: slipway cloud use local, or slipway cloud use https://…',
  )
  return { kind: 'none', problem }
}
