import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { APP_VERSION } from '../../src/apps/version.ts'
import { repoRoot } from '../support/repo-root.ts'

it('the programs say the version that package.json has', () => {
  const { version } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8')) as { version: string }
  expect(APP_VERSION).toBe(version)
})
