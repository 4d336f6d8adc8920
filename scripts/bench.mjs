// Measures every figure the product promises. Run through `npm run bench`; `-- --only NAME` for some of them.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { arch, cpus, release, tmpdir, totalmem } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './checkout/build.mjs'
import { pinnedNode, root } from './checkout/paths.mjs'
import { Trouble, report, say } from './checkout/trouble.mjs'

const FOLDER = join(root, 'test', 'bench')
const REPORT = join(root, 'bench-report.json')
const ENDING = '.bench.ts'

/**
 * Runs one bench file in a process of its own, so that no figure depends on what ran before it.
 *
 * @returns {Promise<{ name: string, seconds: number, figures?: object[], error?: string }>}
 */
async function measure(name, scratch) {
  const answer = join(scratch, `${name}.json`)
  const began = performance.now()
  const args = ['--expose-gc', join(root, 'scripts', 'bench-one.mjs'), join(FOLDER, name + ENDING), answer]
  const env = {
    ...process.env,
    SLIPWAY_HOME: join(scratch, name),
    PATH: `${dirname(pinnedNode)}${delimiter}${process.env.PATH ?? ''}`,
  }
  // Its stdout joins stderr: ours is for the table.
  const child = spawn(pinnedNode, args, { cwd: root, env, stdio: ['ignore', 2, 2] })
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve))
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1))
  if (code !== 0) return { name, seconds, error: `ended with exit code ${code}` }
  const { title, figures } = JSON.parse(readFileSync(answer, 'utf8'))
  return { name, title, seconds, figures: figures.map((figure) => ({ ...figure, ok: isMet(figure) })) }
}

/** Limits are the most a figure may be, except where the bench says that more is better. */
const isMet = ({ value, limit, better }) =>
  Number.isFinite(value) && (better === 'higher' ? value >= limit : value <= limit)

function table(results) {
  const rows = results.flatMap(({ name, figures, error }) =>
    error
      ? [['FAILED', name, error, '', '', '']]
      : figures.map((f) => [
          f.ok ? 'ok' : 'MISSED',
          f.name,
          `${short(f.value)} ${f.unit}`,
          `${f.better === 'higher' ? '>=' : '<='} ${short(f.limit)}`,
          f.baseline === undefined ? '' : `${short(f.baseline)}`,
          f.note ?? '',
        ]),
  )
  const all = [['', 'figure', 'measured', 'limit', 'baseline', 'note'], ...rows]
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const short = (value) => (typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value))

function chosen(only) {
  const names = readdirSync(FOLDER)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => basename(file, ENDING))
    .sort()
  for (const name of only) {
    if (!names.includes(name)) throw new Trouble(`There is no bench "${name}".`, `Choose from: ${names.join(', ')}.`)
  }
  return only.length > 0 ? names.filter((name) => only.includes(name)) : names
}

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [] } } })
  const names = chosen(values.only)
  await ensureBuilt()
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  const results = []
  try {
    for (const name of names) {
      say(`Measuring ${name} …`)
      results.push(await measure(name, scratch))
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Number((totalmem() / 2 ** 30).toFixed(1)),
    platform: `${process.platform} ${arch()} ${release()}`,
    node: process.version,
  }
  writeFileSync(REPORT, `${JSON.stringify({ at: new Date().toISOString(), machine, results }, null, 2)}\n`)
  console.log(table(results))
  const figures = results.flatMap((result) => result.figures ?? [])
  const failed = results.filter((result) => result.error).length
  console.log(
    `\n${figures.filter((f) => f.ok).length} ok, ${figures.filter((f) => !f.ok).length} missed, ${failed} failed to run`,
  )
  // A missed figure is a finding, on a machine we do not know; only a bench that could not measure is a failure.
  return failed === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.exitCode = report(error)
}
