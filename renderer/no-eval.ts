import { z } from 'zod'

// zod compiles its checks with `new Function` where it may. The page's Content-Security-Policy says it may not, and even
// the attempt is reported as a violation. Imported before anything that makes a schema.
z.config({ jitless: true })
