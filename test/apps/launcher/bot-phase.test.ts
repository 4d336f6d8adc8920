import { describe, expect, it } from 'vitest'
import { settledOutcome, summary, type BotPhase } from '../../../src/apps/launcher/bot-phase.ts'
import type { BotStatus } from '../../../src/contracts/bot-protocol.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { botStatus } from '../../support/bot-status.ts'

const attached = (state: BotStatus['state'], answers = true): BotPhase => ({
  kind: 'attached',
  status: botStatus({ state }),
  answers,
})
const settled = (phase: BotPhase, lastError: string | null = null) => settledOutcome('A1', { phase, lastError })

describe('the phase of a bot', () => {
  it.each(['stopping', 'stopped', 'crashed'] as const)(
    'is stopping while a bot that says %s still has its process',
    (state) => expect(summary(attached(state))).toMatchObject({ state: 'stopping', pid: 4711 }),
  )

  it('shows a bot that keeps silent as blind, and says why', () => {
    expect(summary(attached('trading', false))).toMatchObject({ state: 'blind', reason: 'The bot does not answer.' })
    expect(summary({ kind: 'silent', holder: 'It is paused.', pid: 7 })).toMatchObject({ state: 'blind', pid: 7 })
  })

  it.each([
    [attached('starting'), null, undefined],
    [attached('reconciling'), null, undefined],
    [attached('stopped'), null, undefined],
    [attached('trading'), null, 'trading'],
    [attached('blocked'), null, 'started'],
    [attached('blind'), null, 'started'],
    [{ kind: 'idle', reason: 'feed-ended' }, null, 'ended'],
    [{ kind: 'idle', reason: 'refused' }, 'No bars.', 'refused'],
    [{ kind: 'crashed' }, 'It broke.', 'failed'],
    [{ kind: 'backing-off', until: epochMs(0) }, 'It broke.', 'failed'],
    [{ kind: 'silent', holder: 'It is paused.', pid: null }, null, 'failed'],
    [{ kind: 'starting', instanceId: 'i', pid: 1, since: epochMs(0) }, null, undefined],
  ] as [BotPhase, string | null, string | undefined][])(
    'tells whoever waits at %j (error %j): %s',
    (phase, error, outcome) => expect(settled(phase, error)?.outcome).toBe(outcome),
  )
})
