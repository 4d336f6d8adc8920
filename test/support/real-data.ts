import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/**
 * Path of a file of real market data that lies beside the checkout.
 *
 * None of it may be in the repository, so it can be absent: the test then says so and its generated twin stands alone.
 *
 * @returns undefined, with a printed reason, where the file is not there
 */
export function realData(name: string): string | undefined {
  const file = join(ROOT, '..', 'shared', 'data', name)
  if (existsSync(file)) return file
  console.log(`skipped: no real data at ${file}`)
  return undefined
}
