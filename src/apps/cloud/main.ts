import { join, resolve } from 'node:path'
import { runCloud } from './run-cloud.ts'

/** Where the built pages are: beside this program, or in dist/ when it runs from its source. */
const programs = import.meta.filename.endsWith('.ts')
  ? resolve(import.meta.dirname, '../../../dist')
  : import.meta.dirname

process.exit(await runCloud(join(programs, 'renderer')))
