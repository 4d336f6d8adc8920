import { defineConfig } from '@playwright/test'

const executablePath = process.env['CHROMIUM_PATH']

export default defineConfig({
  testDir: 'test/gui',
  testMatch: '**/*.test.ts',
  outputDir: 'test-results',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // Each test has a home, a launcher and a browser of its own; a third at a time was measured to bring nothing.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  use: {
    screenshot: 'only-on-failure',
    // A trace shows each step as the page was; filming it too would take a third of the processor's time.
    trace: { mode: 'retain-on-failure', screenshots: false },
    // Video needs an ffmpeg of Playwright's own, which a system browser does not bring.
    video: 'off',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: ['--disable-dev-shm-usage'],
    },
  },
})
