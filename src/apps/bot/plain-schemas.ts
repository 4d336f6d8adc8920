import { config } from 'zod'

// Compiling a schema pays from its hundredth use on; a bot checks its settings once. Must be imported before any schema is
// built: each decides then.
config({ jitless: true })
