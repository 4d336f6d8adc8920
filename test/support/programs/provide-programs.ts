import type { TestProject } from 'vitest/node'
import { buildPrograms } from './build-programs.ts'

/** Builds the programs that tests start before the first file of a run, and again before each further run of a watch. */
export default async function providePrograms(project: TestProject): Promise<void> {
  const build = async () => {
    process.env['SLIPWAY_TEST_PROGRAMS'] = await buildPrograms()
  }
  await build()
  project.onTestsRerun(build)
}
