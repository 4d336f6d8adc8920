import { ORPCError } from '@orpc/client'
import { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import { Failed, pageOutdated } from '../failure/failed.ts'
import { isDesktopWindow } from '../page/desktop-window.ts'

/** The launcher does not answer, or its answer did not arrive. */
export function unreachable(isDesktop = isDesktopWindow()): RefusalShape {
  return {
    code: 'launcher-unreachable',
    message: 'The launcher does not answer. Bots that run go on trading without it.',
    nextStep: isDesktop
      ? 'It is started again by itself. If it stays away, choose in the menu: Bots → Start the launcher'
      : 'Start it and open a new page with: npx slipway open',
  }
}

const TIMED_OUT: RefusalShape = {
  code: 'timed-out',
  message: 'The launcher took too long to answer.',
  nextStep: 'Look at the state of the account: the action may still be under way. Then try again.',
}

const INTERNAL: RefusalShape = {
  code: 'internal',
  message: 'Something went wrong inside the launcher.',
  nextStep: 'Look for the reason at the end of logs/launcher.log in the Slipway folder.',
}

/** What a failed call means to a person, and what to do next. */
export function describeFailure(error: unknown): RefusalShape {
  if (error instanceof Failed) return error.why
  if (error instanceof ORPCError) {
    const refused = RefusalShape.safeParse(error.data)
    return refused.success ? refused.data : INTERNAL
  }
  if (error instanceof Error && error.name === 'TimeoutError') return TIMED_OUT
  if (error instanceof Error && error.name === 'ValidationError') return pageOutdated('launcher')
  return unreachable()
}
