import { describePlugIn } from '../../src/adapters/strategy-host/describe-plug-in.ts'
import { LOOK } from './plug-in-looks.ts'

// A process that looks at the plug-in it is given.
await describePlugIn(LOOK, { entry: process.argv[2]!, id: undefined })
