import { startPlugInThread } from '../../src/adapters/strategy-host/plug-in-thread.ts'
import { plugInProgram } from '../../src/apps/plug-in-program.ts'
import { LOOK } from './plug-in-looks.ts'

// A process that has nothing else to do than to close the thread of the plug-in it is given.
const deaf = { onOutput: () => undefined, onFailed: () => undefined }
const thread = startPlugInThread({ program: plugInProgram(LOOK.entry), entry: process.argv[2]!, ...deaf })
thread.waitUntilLoaded()
await thread.close()
console.log('closed')
