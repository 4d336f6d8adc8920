import { openPricingService } from '../../src/adapters/pricing/pricing-service.ts'
import { questionOf } from './option-questions.ts'
import { PATIENT, PRICING } from './pricing-rig.ts'

// A process that asks its pricing service without end, and says which process that is.
const service = openPricingService({
  program: PRICING,
  onDown: () => undefined,
  onBack: () => undefined,
  rules: PATIENT,
})
const options = Array.from({ length: 200 }, (_, i) => questionOf({ strike: 60 + (i % 80) }))
let said: number | undefined
for (;;) {
  await Promise.all(Array.from({ length: 5 }, () => service.price(options)))
  const state = service.state()
  if (state.kind !== 'up' || state.pid === said) continue
  said = state.pid
  process.stdout.write(`${state.pid}\n`)
}
