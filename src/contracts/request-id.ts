import { z } from 'zod'
import { REQUEST_ID } from './request-name.ts'

/** An asker's own name for a request: asked again under the same name, it is answered again and not carried out again. */
export const RequestId = z.string().regex(REQUEST_ID, 'must be 1 to 100 of A-Z a-z 0-9 . _ -')
