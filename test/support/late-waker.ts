import { workerData } from 'node:worker_threads'
import {
  openChannel,
  passTurn,
  TURN,
  WORD,
  writeText,
  type PlugInStart,
} from '../../src/adapters/strategy-host/channel.ts'

/** A plug-in's thread that was held up between an answer and waking the bot for it: it wakes it for the next one. */
const channel = openChannel((workerData as PlugInStart).memory)
const { words } = channel
const HELD_UP_MS = 40

passTurn(channel, TURN.answered)
while (Atomics.load(words, WORD.turn) !== TURN.asked) Atomics.wait(words, WORD.turn, TURN.answered)
wait()
Atomics.notify(words, WORD.turn)
wait()
writeText(channel, 'the answer')
passTurn(channel, TURN.answered)

function wait(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HELD_UP_MS)
}
