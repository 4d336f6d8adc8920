import { EMBEDDED_POOL, HOSTED_POOL } from '../../../domain/pool/pool-settings.ts'
import type { CloudConcept, CloudParts } from '../cloud-parts.ts'
import { rememberedStanding, standingLicences } from '../licence/standing-licences.ts'
import { followPool } from './follow-pool.ts'
import { openMarketCheck } from './market-check.ts'
import { plantBundledSeed } from './plant-seed.ts'
import { poolHandlers } from './pool-handlers.ts'
import { vouchingLicences } from './vouching-licences.ts'

/** An age from which the pool counts as stuck: many looks have failed. */
const STUCK_SECONDS = 120

/**
 * The shared confidence: the pool in memory, brought up to date every few seconds and when another instance says so, and
 * what it answers. The server does not wait for it: until it is read, answers are neutral.
 */
export function openPool(parts: CloudParts): CloudConcept {
  const { database, deployment, bus, log, now, elapsed } = parts
  const { db } = database
  const settings = deployment === 'hosted' ? HOSTED_POOL : EMBEDDED_POOL
  const market = openMarketCheck(parts.settings.marketHome)
  const isUnchecked = deployment === 'hosted' && !market.hasData
  if (isUnchecked)
    log.info('pool-unchecked', 'No market data: contributions are not held against it (CLOUD_MARKET_HOME)')
  const follower = followPool({ db, settings, log, now, elapsed })
  const trouble = (error: unknown) =>
    log.warn('pool-not-read', 'The pool could not be read; the copy in memory stays', { error })
  const look = () => void follower.look().catch(trouble)
  const ending = new AbortController()
  const planted = plantBundledSeed(db, now(), ending.signal)
    .then((rows) => rows > 0 && log.info('pool-seeded', `The pool begins with ${rows} experiences of our own replays`))
    .catch((error: unknown) => {
      if (!ending.signal.aborted) log.error('pool-seed-failed', 'The pool begins without a seed', { error })
    })
    .then(() => {
      if (!ending.signal.aborted) follower.start()
    })
  let turnedAway = 0
  const unlisten = bus.on('pool', look)

  return {
    handlers: poolHandlers({
      ...{ db, follower, settings, rangeOf: market.rangeOf },
      licenceSince: rememberedStanding(vouchingLicences(db, now), elapsed),
      standingSince: rememberedStanding(standingLicences(db, now), elapsed),
      onFull: () => void turnedAway++,
      nudge: () => bus.nudge('pool'),
    }),
    gauges() {
      const { rows, ageSeconds, drifting, cells } = follower.health()
      return [
        ...market.gauges(),
        { name: 'slipway_pool_experiences', help: 'Experiences that count, in this instance.', value: rows },
        { name: 'slipway_pool_age_seconds', help: 'Since this instance knew all there was.', value: ageSeconds },
        {
          ...{ name: 'slipway_pool_turned_away_total', value: turnedAway, kind: 'counter' },
          help: 'Contributions without a paid licence that were more than a day takes.',
        },
        { name: 'slipway_pool_cells', help: 'Kinds of setups that are told apart.', value: cells.length },
        {
          name: 'slipway_pool_drifting_cells',
          help: 'Cells whose newest trades end otherwise than those before.',
          value: drifting.length,
        },
        {
          name: 'slipway_pool_unheard_contributors',
          help: 'Contributors, counted by cell, whose trades do not fit with those of all others.',
          value: cells.reduce((sum, { odd }) => sum + odd, 0),
        },
      ]
    },
    pool() {
      const { loaded, ageSeconds, rows } = follower.health()
      const known = `${rows} experiences${isUnchecked ? ', not held against market data: none is set up' : ''}`
      const detail = loaded ? known : 'being read; answers are neutral'
      // Not needed: without it every answer is neutral, which is what a client takes for "no answer" too.
      return { ok: loaded && ageSeconds < STUCK_SECONDS, needed: false, detail, seconds: ageSeconds }
    },
    async close() {
      unlisten()
      ending.abort()
      await planted
      await follower.close()
      market.close()
    },
  }
}
