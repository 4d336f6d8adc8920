import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runQuietly } from './child.mjs'
import { oneAtATime } from './one-at-a-time.mjs'
import { dist, nodeModules, pinnedNode, root, work } from './paths.mjs'
import { openStamp } from './stamp.mjs'
import { Trouble, say, tail } from './trouble.mjs'

/** Chunks of older builds stay this long, because a bot started from them may still import one lazily. */
const KEEP_OLD_CHUNKS_MS = 30 * 24 * 60 * 60 * 1000

const BUILDS = [
  {
    what: 'launcher, bot and command line',
    inputs: ['src', 'resources', 'rolldown.config.ts', 'package-lock.json'],
    stampFile: join(dist, '.node-stamp.json'),
    target: dist,
    makes: [
      ...['bot.cjs', 'pricing.cjs', 'plugin.mjs', 'plugin-look.mjs', 'log-worker.mjs', 'cloud.mjs', 'launcher.mjs'],
      'cli.mjs',
    ],
    tool: (staging) => [join(nodeModules, 'rolldown', 'bin', 'cli.mjs'), '-c', 'rolldown.config.ts', '-d', staging],
  },
  {
    what: 'page',
    inputs: ['renderer', 'src/domain', 'src/contracts', 'vite.renderer.config.ts', 'package-lock.json'],
    stampFile: join(dist, '.renderer-stamp.json'),
    target: join(dist, 'renderer'),
    makes: ['index.html', 'cloud.html'],
    tool: (staging) => [
      join(nodeModules, 'vite', 'bin', 'vite.js'),
      'build',
      '--config',
      'vite.renderer.config.ts',
      '--outDir',
      staging,
      '--logLevel',
      'warn',
    ],
  },
]

/** Builds into dist/ whatever is older than its sources; quick when nothing is. */
export async function ensureBuilt() {
  if (stale().length === 0) return
  await oneAtATime(async () => {
    // Another process may have built it while we waited.
    const todo = stale()
    if (todo.length === 0) return
    const began = Date.now()
    say(`Building: ${todo.map((build) => build.what).join('; ')} …`)
    // All are awaited, so that one failure does not leave another build running behind our back.
    const failure = (await Promise.allSettled(todo.map(run))).find(({ status }) => status === 'rejected')
    if (failure) throw failure.reason
    say(`Built in ${((Date.now() - began) / 1000).toFixed(1)} s.`)
  })
}

const stampOf = (build) => openStamp(build.stampFile, build.inputs)

const stale = () =>
  BUILDS.filter(
    (build) => !build.makes.every((file) => existsSync(join(build.target, file))) || !stampOf(build).isCurrent(),
  )

/** Builds beside dist/ and moves the result in, so that nobody ever starts half a build. */
async function run(build) {
  const stamp = stampOf(build)
  const taken = stamp.take()
  const staging = mkdtempSync(join(work, 'staging-'))
  try {
    const { code, output } = await runQuietly(pinnedNode, build.tool(staging), {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production', FORCE_COLOR: '0' },
    })
    if (code !== 0) {
      throw new Trouble(
        `The ${build.what} could not be built.`,
        'Mend what is shown above and run the command again.',
        tail(output, 40),
      )
    }
    publish(staging, build.target, build.makes)
    // Node never forgets what it compiled; what still matters comes back with the next start.
    rmSync(join(build.target, '.compile-cache'), { recursive: true, force: true })
    stamp.write(taken)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/** Files with a hash in their name first, the few that name them last. */
function publish(staging, target, entries) {
  const made = filesBelow(staging)
  const last = new Set(entries)
  for (const file of [...made.filter((name) => !last.has(name)), ...entries]) {
    mkdirSync(dirname(join(target, file)), { recursive: true })
    renameSync(join(staging, file), join(target, file))
  }
  const current = new Set(made)
  const oldest = Date.now() - KEEP_OLD_CHUNKS_MS
  for (const file of filesBelow(target)) {
    const path = join(target, file)
    if (!current.has(file) && /-[\w-]{8}\.\w+$/.test(file) && statSync(path).mtimeMs < oldest) rmSync(path)
  }
}

function filesBelow(folder, prefix = '') {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = prefix ? `${prefix}/${entry.name}` : entry.name
    return entry.isDirectory() ? filesBelow(join(folder, entry.name), name) : [name]
  })
}
