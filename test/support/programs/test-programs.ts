/** Programs of the tests that are bundled, each with its file below test/support. */
export const TEST_PROGRAMS = {
  'eager-bot': 'eager-bot.ts',
  'prompt-bot': 'prompt-bot.ts',
  'fake-bot': 'fake-bot.ts',
  'mortal-bot': 'crash/mortal-bot.ts',
  'mortal-cloud': 'crash/mortal-cloud.ts',
  'mortal-sender': 'crash/mortal-sender.ts',
  'launcher-of-bots': 'launcher-of-bots.ts',
  'launcher-of-fakes': 'launcher-of-fakes.ts',
  'launcher-with-cloud': 'launcher-with-cloud.ts',
  'page-launcher-of-fakes': 'page-launcher-of-fakes.ts',
  'keep-local-cloud': 'keep-local-cloud.ts',
  'limited-instance': 'limited-instance.ts',
  'mail-sender': 'mail-sender.ts',
  'pricing-double': 'pricing-double.ts',
  venue: 'venue/main.ts',
  'guard-holder': 'guard-holder.ts',
  'guard-visitor': 'guard-visitor.ts',
  'guard-counter': 'guard-counter.ts',
  'guard-open-home': 'guard-open-home.ts',
} as const

export type TestProgram = keyof typeof TEST_PROGRAMS
