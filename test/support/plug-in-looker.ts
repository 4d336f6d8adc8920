import { describePlugIn } from '../../src/adapters/strategy-host/describe-plug-in.ts'
import { SOURCE_LOOK } from './plug-in-looks.ts'

// A process that looks at the plug-in it is given.
await describePlugIn(SOURCE_LOOK, { entry: process.argv[2]!, id: undefined })
