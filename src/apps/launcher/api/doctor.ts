import { openHome } from '../../../adapters/home/open-home.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { Finding } from '../../../contracts/launcher/doctor.ts'
import { Refused } from '../../../domain/failure/refusal.ts'
import { checkNode } from '../../doctor/check-machine.ts'
import { examineHome } from '../../doctor/examine-home.ts'
import type { ApiParts, Implementer } from './procedures.ts'

export function doctorHandler(api: Implementer, parts: ApiParts) {
  const { layout, now } = parts
  return api.doctor.handler(async () => [checkNode(), checkHome(layout), ...(await examineHome(layout, now()))])
}

/** It was suitable when the launcher started; somebody may have put it under a sync client since. */
function checkHome(layout: HomeLayout): Finding {
  try {
    openHome(layout.root)
    return { check: 'home', result: 'ok', message: layout.root, nextStep: '' }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { message, nextStep } = error.refusal
    return { check: 'home', result: 'fail', message, nextStep }
  }
}
