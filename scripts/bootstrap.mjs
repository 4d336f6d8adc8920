#!/usr/bin/env node
// Takes a fresh clone to a running command: installs when the lock file changed, then hands over to the pinned Node.
// Works on any Node from 18 on and needs no package.

const OLDEST_NODE = 18

const COMMANDS = {
  start: './start.mjs',
  test: './test.mjs',
  build: './build.mjs',
  bench: './bench.mjs',
  fault: './fault.mjs',
  package: './package.mjs',
}

async function main(command, args) {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    console.error(
      `slipway: Node.js ${process.versions.node} is too old. Install Node.js ${OLDEST_NODE} or later from https://nodejs.org and run the command again.`,
    )
    return 1
  }
  // Imported late, so that an older Node reaches the sentence above.
  const { Trouble, report } = await import('./checkout/trouble.mjs')
  try {
    const { ensureInstalled, noteInstall } = await import('./checkout/install.mjs')
    if (command === 'prepare') return noteInstall()
    if (!Object.hasOwn(COMMANDS, command ?? '')) {
      throw new Trouble(
        `There is no command "${command ?? ''}".`,
        `Use npm start, npm test, npm run build, npm run bench, npm run fault or npm run package.`,
      )
    }
    const { endWithNpm } = await import('./checkout/child.mjs')
    endWithNpm()
    await ensureInstalled()
    const { runOnPinnedNode } = await import('./checkout/pinned-node.mjs')
    return await runOnPinnedNode(new URL(COMMANDS[command], import.meta.url), args)
  } catch (error) {
    return report(error)
  }
}

const code = await main(process.argv[2], process.argv.slice(3))
if (code !== undefined) process.exitCode = code
