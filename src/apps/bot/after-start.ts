import { flushCompileCache } from 'node:module'
import { loadReader } from './load-reader.ts'

/** Milliseconds after a bot began to trade: soon, and when others that started with it have started too. */
const SOON = 250
const LATER = 4_000

/**
 * Does what has waited until the bot trades: keeps what was compiled for the next start, and loads what reads requests to
 * trade, so that the first one does not wait for it, nor for a program that has been replaced on disk since.
 *
 * @param more what else was left out of the start
 */
export function afterStart(more: () => Promise<unknown>): void {
  setTimeout(flushCompileCache, SOON).unref()
  // What can't be loaded now is loaded when it is needed, and tells then why not.
  const load = () => loadReader().then(more)
  setTimeout(() => void load().catch(() => undefined), LATER).unref()
}
