import { traverseContractProcedures } from '@orpc/server'
import { launcherContract } from '../../src/contracts/launcher-api.ts'

export type Route = Readonly<{
  method: string
  path: string
  /** Answers without a session: the page itself, and the way to get one. */
  isOpen?: true
}>

/** Every route of the contract, with its parameters as they stand there: `/accounts/{id}`. A new one is here by itself. */
export function contractRoutes(): Route[] {
  const found: Route[] = []
  traverseContractProcedures({ router: launcherContract, path: [] }, ({ contract }) => {
    const { method, path } = contract['~orpc'].route
    found.push({ method: method ?? 'POST', path: path ?? '' })
  })
  return found
}

/** Every route there is at the browser door: those of the contract, filled in, and those beside it. */
export function doorRoutes(): Route[] {
  return [
    ...contractRoutes().map(({ method, path }) => ({ method, path: `/api${path.replaceAll(/\{\w+\}/g, 'A1')}` })),
    { method: 'GET', path: '/api/openapi.json' },
    { method: 'GET', path: '/api/nothing-here' },
    { method: 'POST', path: '/api/session', isOpen: true },
    { method: 'GET', path: '/', isOpen: true },
    { method: 'GET', path: '/accounts/A1', isOpen: true },
    { method: 'GET', path: '/assets/page-1a2b.js', isOpen: true },
  ]
}
