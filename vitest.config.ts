import { join, normalize } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** These hold programs to deadlines, or break many at once: one file at a time, or they starve each other. */
const ALONE = [
  ...[
    'fault/bot-plug-in',
    'fault/bot-pricing',
    'fault/kill-switch',
    'fault/cloud/two-instances',
    'fault/orders/rounds',
  ],
  ...['adapters/pricing/pricing-service', 'adapters/pricing/pricing-process', 'adapters/strategy-host/**/*'],
].map((name) => `test/${name}.test.ts`)
/** These start a few processes and often wait for them: three files at a time leave no core idle. */
const PROGRAMS = ['apps', 'scripts', 'docs', 'fault', 'contract'].map((folder) => `test/${folder}/**/*.test.ts`)
/** These hold nothing beyond a test, so the files of a worker share a process and what it has loaded. */
const CORE = ['domain', 'engine', 'contracts'].map((folder) => `test/${folder}/**/*.test.ts`)
const OTHER_RUNNERS = ['test/gui/**', 'test/bench/**', 'test/renderer/**']

/** The longest, longest first: as the last they would leave a core idle. */
const LONG = [
  ...['fault/cloud/outbox-whole', 'fault/portfolio-limits', 'apps/cli/strategy', 'fault/cloud/outbox', 'docs/readme'],
  ...['fault/cloud/live-licence', 'fault/cloud/rate-limit', 'apps/shell/desktop', 'apps/cli/vault'],
  ...['apps/launcher/supervision', 'fault/gateway-bot', 'scripts/check-boundaries', 'apps/shell/packaging'],
  ...['fault/cloud/licence-news', 'apps/launcher/local-cloud', 'fault/browser-door-streams'],
  ...['engine/bot/crash-equality', 'renderer/logs/log-viewer', 'adapters/gateway/gateway-stream'],
  ...['adapters/vault/open-vault', 'renderer/fleet/accounts-page'],
].map((name) => join(import.meta.dirname, 'test', `${name}.test.`))

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((long) => normalize(moduleId).startsWith(long))
      return place === -1 ? LONG.length : place
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

const SERVERS = 'test/support/share-cloud-servers.ts'
/** For tests that start programs; quick where nothing has changed. */
const PROGRAMS_BUILT = 'test/support/programs/provide-programs.ts'

// Native addons and worker threads do not go together well, so every file gets a process of its own.
const inProcesses = {
  environment: 'node',
  pool: 'forks',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: ['test/support/properties.ts'],
  // Starts nothing until a test asks.
  globalSetup: [SERVERS],
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          ...inProcesses,
          name: 'core',
          isolate: false,
          maxWorkers: 2,
          include: CORE,
        },
      },
      {
        test: {
          ...inProcesses,
          name: 'node',
          globalSetup: [SERVERS, PROGRAMS_BUILT],
          maxWorkers: 2,
          include: ['test/**/*.test.ts'],
          exclude: [...OTHER_RUNNERS, ...CORE, ...PROGRAMS, ...ALONE],
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'renderer',
          maxWorkers: 2,
          include: ['test/renderer/**/*.test.{ts,tsx}'],
          environment: 'jsdom',
          pool: 'forks',
          isolate: false,
          // The files of a worker share a process: what a test has put in the place of a global ends with that test.
          unstubGlobals: true,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...inProcesses,
          name: 'programs',
          globalSetup: [SERVERS, PROGRAMS_BUILT],
          include: PROGRAMS,
          exclude: ALONE,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...inProcesses,
          name: 'alone',
          globalSetup: [SERVERS, PROGRAMS_BUILT],
          include: ALONE,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
