import { parentPort, workerData } from 'node:worker_threads'
import { openChannel, passTurn, TURN, WORD, writeText, type PlugInStart } from '../../adapters/strategy-host/channel.ts'
import { answerQuestions } from './answer-questions.ts'
import { loadPlugIn } from './load-plug-in.ts'
import { tameProcess } from './tame-process.ts'
import { openFail } from './fail.ts'

/** The thread of one plug-in: loads its file, tells what it is, and answers bar by bar. */
const { memory, entry } = workerData as PlugInStart
const channel = openChannel(memory)
const fail = openFail(channel)
tameProcess(fail)
// Without a listener the thread would end as soon as it waits for nothing else.
parentPort?.on('message', () => undefined)
const loaded = await loadPlugIn(entry, fail)
if (loaded) {
  const { strategy, description, content } = loaded
  if (!writeText(channel, JSON.stringify({ description, content })))
    fail({ code: 'too-large', text: 'describes itself at too great a length' })
  passTurn(channel, TURN.answered)
  parentPort?.postMessage('loaded')
  await answerQuestions(channel, strategy, fail)
  // The listener goes with it, and with that what has kept the thread.
  if (channel.words[WORD.failed] === 0) parentPort?.close()
}
