import { engageKillSwitch, killSwitchState, releaseKillSwitch } from '../../../adapters/kill-switch/kill-switch.ts'
import type { ApiParts, Implementer } from './procedures.ts'

/** The same direct way the command line goes: what it closes must not hang on what we remember of bots. */
export function killSwitchHandlers(api: Implementer, parts: ApiParts) {
  const { layout } = parts
  return {
    engage: api.killSwitch.engage.handler(({ input }) =>
      engageKillSwitch(parts.killSwitch, input, input.reason, input.timeoutMs),
    ),
    release: api.killSwitch.release.handler(({ input }) => {
      const released = releaseKillSwitch({ layout }, input)
      return { released, standing: killSwitchState({ layout }) }
    }),
    state: api.killSwitch.state.handler(() => killSwitchState({ layout })),
  }
}
