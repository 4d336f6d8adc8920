/**
 * The bot as it is written, but for two things: it knows the eager strategy, and it throws where nobody catches once a
 * file `throw-now` lies in its home.
 */
import { existsSync } from 'node:fs'
import { STRATEGIES } from '../../src/domain/strategy/index.ts'
import { eagerStrategy } from './eager-strategy.ts'

Object.assign(STRATEGIES, { eager: eagerStrategy })

// A bot's working folder is its home.
setInterval(() => {
  if (existsSync('throw-now')) throw new Error('a bug nobody thought of')
}, 10).unref()

await import('../../src/apps/bot/main.ts')
