import { describe, expect, it } from 'vitest'
import { refuseOtherCounting } from '../../../src/apps/bot/refuse-misfit.ts'
import { openRig, RIG_INSTRUMENT, walkBars } from '../../support/bot-rig.ts'
import { tempHome } from '../../support/temp-home.ts'
import { minorUnits } from '../../../src/domain/units/units.ts'

const expected = expect.objectContaining({
  refusal: expect.objectContaining({ code: 'setting-invalid', message: expect.stringContaining('TESTZ9') }),
})

describe('an instrument that its user describes otherwise than before', () => {
  it('is refused by an account that has traded it: its prices are kept in ticks', async () => {
    const rig = openRig({ home: tempHome(), bars: walkBars(60, 2) })
    await rig.run()
    const refused = (over: Partial<typeof RIG_INSTRUMENT>) => () =>
      refuseOtherCounting(rig.store, { ...RIG_INSTRUMENT, ...over })
    expect(refused({ tickUnits: 50 })).toThrow(expected)
    expect(refused({ tickValue: minorUnits(625) })).toThrow(expected)
    expect(refused({ priceDigits: 3 })).toThrow(expected)
    expect(refused({ name: 'Another name' })).not.toThrow()
    await rig.close()
  })

  it('is taken as it is by an account that has not traded it', async () => {
    const rig = openRig({ home: tempHome(), bars: [] })
    expect(() => refuseOtherCounting(rig.store, { ...RIG_INSTRUMENT, tickUnits: 50 })).not.toThrow()
    await rig.close()
  })
})
