import { z } from 'zod'
import { CloudFailure, STATUS_OF } from '../../../contracts/cloud/failure.ts'
import type { CloudRoute } from '../../../contracts/cloud/route.ts'
import { CLOUD_HEADER } from '../../../contracts/cloud/words.ts'

type Json = Record<string, unknown>

/** The API as an OpenAPI 3.1 document, from the same routes that the server answers by. */
export function openApiDocument(routes: readonly CloudRoute[], version: string): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) }
  const codes = Object.entries(STATUS_OF).map(([code, status]) => `${code} ${status}`)
  return {
    openapi: '3.1.0',
    info: { title: 'Slipway cloud', version, description: `Codes of failures, with status: ${codes.join(', ')}.` },
    paths,
    components: {
      schemas: { Failure: schemaOf(CloudFailure, 'output') },
      securitySchemes: { adminKey: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function operationOf(route: CloudRoute): Json {
  const input = schemaOf(route.input, 'input')
  const takesBody = route.method === 'POST'
  const media = route.stream ? 'text/event-stream' : 'application/json'
  const failure = { schema: { $ref: '#/components/schemas/Failure' } }
  return {
    operationId: operationIdOf(route),
    summary: route.summary,
    parameters: [...headersOf(route), ...(takesBody ? [] : queryOf(input))],
    ...(takesBody ? { requestBody: { required: true, content: { 'application/json': { schema: input } } } } : {}),
    responses: {
      200: { description: 'Done', content: { [media]: { schema: schemaOf(route.output, 'output') } } },
      default: { description: 'Not done; `code` says why', content: { 'application/json': failure } },
    },
    ...(route.access === 'admin' ? { security: [{ adminKey: [] }] } : {}),
  }
}

/** `POST /api/ml/save_trade` is `postApiMlSaveTrade`. */
function operationIdOf({ method, path }: CloudRoute): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter(Boolean)
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}

function headersOf({ access }: CloudRoute): Json[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  })
  const requestId = header(
    CLOUD_HEADER.requestId,
    'Names the request, 8 to 64 of A-Z a-z 0-9 _ -; the answer has it too',
  )
  if (access !== 'user') return [requestId]
  return [
    requestId,
    header(CLOUD_HEADER.deviceId, 'The installation that asks'),
    header(CLOUD_HEADER.lease, 'Signed lease: the request counts for its licence'),
  ]
}

function queryOf(input: Json): Json[] {
  const properties = (input.properties ?? {}) as Record<string, Json>
  const required = new Set((input.required ?? []) as string[])
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: 'query', required: required.has(name), schema },
  }))
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  return rest
}
