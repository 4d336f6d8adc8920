import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './paths.mjs'

/**
 * Tells whether files changed since a stamp was written.
 *
 * The content decides. Size and times are kept beside it only to spare reading a tree that nobody touched: a fresh
 * clone or a `touch` changes times without changing anything.
 *
 * @param {string} stampFile where the stamp is
 * @param {string[]} inputs  files and folders, relative to the checkout; a missing one counts as empty
 */
export function openStamp(stampFile, inputs) {
  const files = inputs.flatMap((input) => filesBelow(join(root, input))).sort()
  const look = () => digest(files, (file) => describe(statSync(file)))
  const content = () => digest(files, (file) => readFileSync(file))

  return {
    isCurrent() {
      const stamp = read(stampFile)
      if (!stamp) return false
      const seen = look()
      if (stamp.look === seen) return true
      if (stamp.content !== content()) return false
      write(stampFile, { look: seen, content: stamp.content })
      return true
    },
    /** What the inputs are now; taken before a build, so that an edit during the build is seen afterwards. */
    take: () => ({ look: look(), content: content() }),
    write: (taken) => write(stampFile, taken),
  }
}

const describe = (stat) => `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`

function digest(files, of) {
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(`${relative(root, file)}\0`)
      .update(of(file))
      .update('\0')
  return hash.digest('hex')
}

function filesBelow(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return []
  if (!stat.isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .flatMap((entry) => filesBelow(join(path, entry.name)))
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function write(file, stamp) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(stamp))
}
