import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'

/** What was asked came to nothing; carries why, in words for a person, through code that can only throw. */
export class Failed extends Error {
  readonly why: RefusalShape
  constructor(why: RefusalShape) {
    super(why.message)
    this.name = 'Failed'
    this.why = why
  }
}

/** @param who answered what this page can't read: `launcher`, `server` */
export function pageOutdated(who: string): RefusalShape {
  return {
    code: 'page-outdated',
    message: `This page does not understand the answer of the ${who}.`,
    nextStep: `Load the page again; it may be older than the ${who}.`,
  }
}
