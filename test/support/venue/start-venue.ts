import { spawn } from 'node:child_process'
import type { FaultInput } from './fault-plan.ts'
import type { TimeLineEntry } from './time-line.ts'
import type { VenueSettings } from './venue-settings.ts'
import { programOf } from '../programs/programs.ts'

type WireObject = Readonly<Record<string, string | number>>

/** The truth at the venue. Prices and money are decimal strings. */
export type VenueBooks = Readonly<{
  orders: readonly (WireObject & Readonly<{ venueOrderId: string; status: string }>)[]
  /** How many orders each client order id has become: 1, or something doubled. */
  copies: Readonly<Record<string, number>>
  fills: readonly (WireObject & Readonly<{ fillId: string }>)[]
  positions: readonly Readonly<{ symbol: string; quantity: number; averagePrice: string }>[]
  cash: string
  refused: readonly Readonly<{ clientOrderId: string; code: string; message: string }>[]
  /** The venue's clock, milliseconds since it was opened or reset. */
  now: number
  reports: number
  faultsLeft: number
  held: number
  /** Connections of the stream. */
  listening: number
  timeLine: readonly TimeLineEntry[]
}>

type DeepPartial<T> = T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T
export type SettingsChange = DeepPartial<VenueSettings>

/** Prices as decimal strings; `time`, where given, becomes the venue's clock. */
export type VenueBar = Readonly<{
  symbol: string
  time?: number
  open: string
  high: string
  low: string
  close: string
}>

export type ManualOrder = Readonly<{
  symbol: string
  side: 'buy' | 'sell'
  quantity: number
  type: 'market' | 'limit' | 'stop'
  timeInForce: 'day' | 'gtc'
  limitPrice?: string
  stopPrice?: string
}>

export type VenueProcess = Readonly<{
  pid: number
  /** Where bots go: http://127.0.0.1:PORT */
  url: string
  port: number
  reset(seed: number, settings?: SettingsChange): Promise<void>
  settings(change: SettingsChange): Promise<void>
  bar(bar: VenueBar): Promise<void>
  /** Bars one after another, without waiting for them. */
  replay(bars: readonly VenueBar[], everyMs: number): Promise<void>
  faults(...faults: FaultInput[]): Promise<void>
  clearFaults(): Promise<void>
  /** Waits until that many requests stand at a `hold`. */
  awaitHeld(count?: number, timeoutMs?: number): Promise<void>
  release(): Promise<void>
  /** Cuts the stream, or every connection and whoever comes within `ms`. */
  disconnect(what: 'stream' | 'all', ms?: number): Promise<void>
  /** The stream's numbers begin anew. */
  renumber(): Promise<void>
  /** Reports so far can't be had again. */
  forgetReports(): Promise<void>
  streamRaw(text: string): Promise<void>
  endSession(): Promise<void>
  /** Money comes in, or goes out where the amount is negative, without a fill. */
  moveCash(amount: string): Promise<void>
  manual(order: ManualOrder): Promise<Readonly<{ venueOrderId: string }>>
  /** By client order id, or `~` and the venue's. */
  cancel(name: string): Promise<void>
  fill(name: string, quantity?: number): Promise<void>
  /** Loses an order without a word: asked for it, the venue has never heard of it. One that `livesOn` fills all the same. */
  forget(name: string, livesOn?: boolean): Promise<void>
  /** Resolves when every listener has read all that the stream told. */
  settle(): Promise<void>
  /** Of the first account, or of one that another token opens. */
  books(accountId?: string): Promise<VenueBooks>
  close(): Promise<void>
}>

/** Starts a venue in a process of its own, which ends with ours. */
export async function startVenue(seed: number, settings: SettingsChange = {}): Promise<VenueProcess> {
  const main = programOf('venue')
  const args = [main, '--seed', String(seed), '--settings', JSON.stringify(settings)]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const said = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the venue ended with ${code}`)))
    child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString()))
  })
  const { port, controlPort } = JSON.parse(said) as { port: number; controlPort: number }

  async function order<T>(what: string, body?: unknown): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${controlPort}/control/${what}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as T
    if (!response.ok) throw new Error(`venue: ${what}: ${JSON.stringify(answer)}`)
    return answer
  }

  return {
    pid: child.pid!,
    url: `http://127.0.0.1:${port}`,
    port,
    reset: (newSeed, change) => order('reset', { seed: newSeed, settings: change }),
    settings: (change) => order('settings', change),
    bar: (bar) => order('bar', bar),
    replay: (bars, everyMs) => order('replay', { bars, everyMs }),
    faults: (...faults) => order('faults', faults),
    clearFaults: () => order('clear-faults'),
    awaitHeld: (count, timeoutMs) => order('await-held', { count, timeoutMs }),
    release: () => order('release'),
    disconnect: (what, ms) => order('disconnect', { what, ms }),
    renumber: () => order('renumber'),
    forgetReports: () => order('forget-reports'),
    streamRaw: (text) => order('stream-raw', { text }),
    moveCash: (amount) => order('cash', { amount }),
    endSession: () => order('end-session'),
    manual: (manual) => order('manual', manual),
    cancel: (name) => order('cancel', { name }),
    fill: (name, quantity) => order('fill', { name, quantity }),
    forget: (name, livesOn = false) => order('forget', { name, livesOn }),
    settle: () => order('settle'),
    books: (accountId) => order(accountId === undefined ? 'books' : `books?account=${accountId}`),
    async close() {
      child.stdin.end()
      await exited
    },
  }
}
