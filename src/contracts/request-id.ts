import { z } from 'zod'

/**
 * An asker's own name for a request: asked again under the same name, it is answered again and not carried out again.
 * Without a colon, which names that strategies give have.
 */
export const RequestId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be 1 to 100 of A-Z a-z 0-9 . _ -')
