import { EventEmitter } from 'node:events'
import { pathToFileURL } from 'node:url'

/** Gives a module the `process.parentPort` it has in an Electron utility process, over Node's own channel. */
const port = Object.assign(new EventEmitter(), { postMessage: (message: unknown) => void process.send?.(message) })
Object.defineProperty(process, 'parentPort', { value: port })
process.on('message', (data) => port.emit('message', { data, ports: [] }))
await import(pathToFileURL(process.argv[2]!).href)
