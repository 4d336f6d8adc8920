import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const PROCESSES = [
  'test/fault/**/*.test.ts',
  'test/apps/**/*.test.ts',
  'test/scripts/**/*.test.ts',
  'test/adapters/pricing/**/*.test.ts',
  'test/contract/**/*.test.ts',
  'test/docs/**/*.test.ts',
]
const OTHER_RUNNERS = ['test/gui/**', 'test/bench/**', 'test/renderer/**']

// Native addons and worker threads do not go together well, so every file gets a process of its own.
const inProcesses = {
  environment: 'node',
  pool: 'forks',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: ['test/support/properties.ts'],
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...inProcesses,
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [...OTHER_RUNNERS, ...PROCESSES],
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'renderer',
          include: ['test/renderer/**/*.test.{ts,tsx}'],
          environment: 'jsdom',
          pool: 'forks',
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...inProcesses,
          name: 'processes',
          include: PROCESSES,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // These start fleets of real processes: one file at a time, after the others, or they starve each other.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
