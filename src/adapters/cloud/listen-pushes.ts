import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { PUSH_HEARTBEAT_MS, readPushes, type PushTopic } from '../../contracts/cloud/push.ts'
import { CLOUD_HEADER } from '../../contracts/cloud/words.ts'
import { impatientAgents } from '../http/impatient-agents.ts'
import type { CloudAddress } from './ask.ts'

export type PushListening = Readonly<{
  address: CloudAddress
  userId: string
  deviceId: string
  topics: readonly PushTopic[]
  /** Signed lease, for topics that are told to the owner of a licence only. */
  lease?: () => string | undefined
  /** 0 ≤ draw < 1. */
  random: () => number
  /** Something was told, or may have been while nobody listened: look for yourself. */
  onNews: (topic: PushTopic | 'all') => void
  /** What was told, as it came; nothing has looked at it. Without it a server can make nobody do more than ask. */
  onSaid?: (topic: PushTopic, text: string) => void
  /** Whether the stream is open. */
  onConnection?: (isOpen: boolean) => void
  times?: PushTimes
}>

/** Milliseconds. */
export type PushTimes = Readonly<{ connect: number; silence: number; firstRetry: number; mostRetry: number }>

const TIMES: PushTimes = { connect: 5_000, silence: 3 * PUSH_HEARTBEAT_MS, firstRetry: 2_000, mostRetry: 120_000 }
/** Longest line of a stream; ours have some hundred characters. */
const LONGEST_LINE = 65_536

/** Listens to a cloud's pushes for as long as it is open: comes back by itself, and resumes where it was. @returns ends it */
export function listenPushes(listening: PushListening): () => void {
  const { address, userId, deviceId, topics, random, onNews, times = TIMES } = listening
  const isSecure = 'url' in address && address.url.toLowerCase().startsWith('https:')
  const agents = impatientAgents(times.connect, isSecure, { keepAlive: false })
  let lastId: string | undefined
  let failures = 0
  let isForbidden = false
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let current: ClientRequest | undefined
  let isOpen = false

  function tellOpen(isNow: boolean): void {
    if (isNow === isOpen) return
    isOpen = isNow
    listening.onConnection?.(isNow)
  }

  function connect(): void {
    const query = new URLSearchParams({ user_id: userId, topics: topics.join(',') })
    const lease = listening.lease?.()
    const headers = {
      accept: 'text/event-stream',
      [CLOUD_HEADER.deviceId]: deviceId,
      ...(lease === undefined ? {} : { [CLOUD_HEADER.lease]: lease }),
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    }
    const path = `${readPushes.path}?${query.toString()}`
    const isSocket = 'socketPath' in address
    const base = isSocket ? undefined : new URL(address.url)
    const isTls = base?.protocol === 'https:'
    const options = {
      ...{ headers, agent: isTls ? agents.httpsAgent : agents.httpAgent, timeout: times.silence },
      ...(isSocket ? { socketPath: address.socketPath, path } : {}),
    }
    const asked = base
      ? (isTls ? httpsRequest : httpRequest)(new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base), options)
      : httpRequest(options)
    current = asked
    asked.on('timeout', () => asked.destroy(new Error('nothing was heard')))
    asked.on('error', () => undefined)
    asked.on('response', (response) => hear(response, asked))
    asked.on('close', () => comeBack())
    asked.end()
  }

  function hear(response: IncomingMessage, asked: ClientRequest): void {
    const isStream = response.statusCode === 200 && /^text\/event-stream\b/.test(response.headers['content-type'] ?? '')
    response.on('error', () => undefined)
    if (!isStream) {
      asked.destroy()
      // It says no to our lease: that is news too, the first time.
      if (response.statusCode === 403 && !isForbidden) onNews('all')
      isForbidden = response.statusCode === 403
      return
    }
    isForbidden = false
    let line = ''
    let event = ''
    let said = ''
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      if (isClosed) return
      const lines = (line + text).split('\n')
      line = lines.pop() ?? ''
      if (line.length > LONGEST_LINE) return void asked.destroy()
      for (const one of lines) {
        const [, field = '', value = ''] = /^(id|event|data): ?(.*?)\r?$/.exec(one) ?? []
        if (field === 'id' && /^\d{1,15}$/.test(value)) lastId = value
        if (field === 'event') event = value
        if (field === 'data') said = value
        if (one.trim() !== '' || event === '') continue
        const topic = topics.find((known) => known === event)
        // The first event of a stream: what was told before it was told to nobody here.
        if (event === 'hello') {
          failures = 0
          tellOpen(true)
          onNews('all')
        } else if (topic) {
          listening.onSaid?.(topic, said)
          onNews(topic)
        }
        event = ''
        said = ''
      }
    })
  }

  function comeBack(): void {
    current = undefined
    if (isClosed) return
    tellOpen(false)
    const most = Math.min(times.firstRetry * 2 ** Math.min(failures++, 10), times.mostRetry)
    timer = setTimeout(connect, most * (0.5 + random() / 2)).unref()
  }

  connect()
  return () => {
    isClosed = true
    clearTimeout(timer)
    current?.destroy()
    agents.close()
  }
}
