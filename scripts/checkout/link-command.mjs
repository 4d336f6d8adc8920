import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeModules } from './paths.mjs'

/**
 * Makes `npx slipway` find this checkout's own command.
 *
 * npm links the commands of dependencies only; asked for the command of the package it stands in, npx answers
 * "slipway: not found" until node_modules/.bin has it.
 */
export function linkCommand() {
  const bin = join(nodeModules, '.bin')
  const link = join(bin, 'slipway')
  mkdirSync(bin, { recursive: true })
  for (const path of [link, `${link}.cmd`]) rmSync(path, { force: true })
  if (process.platform === 'win32') {
    writeFileSync(`${link}.cmd`, '@node "%~dp0..\\..\\bin\\slipway.mjs" %*\r\n')
    writeFileSync(link, '#!/bin/sh\nexec node "$(dirname "$0")/../../bin/slipway.mjs" "$@"\n')
    return
  }
  const target = join('..', '..', 'bin', 'slipway.mjs')
  symlinkSync(target, link)
  chmodSync(join(bin, target), 0o755)
}
