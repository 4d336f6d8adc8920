import { homeLayout, type HomeLayout } from '../../../adapters/home/layout.ts'
import { Refused } from '../../../domain/failure/refusal.ts'
import type { Finding } from '../../../contracts/launcher/doctor.ts'
import { checkNode } from '../../doctor/check-machine.ts'
import { examineHome } from '../../doctor/examine-home.ts'
import { openCliHome, type Cli } from '../cli.ts'

const STYLE = { ok: 'green', warn: 'yellow', fail: 'red' } as const

/** `slipway doctor`: looks at everything that could keep bots from trading. Changes nothing but an absent home. */
export async function doctor(cli: Cli): Promise<number> {
  const findings: Finding[] = [checkNode()]
  const { finding, layout } = lookAtHome(cli)
  findings.push(finding)
  if (layout) findings.push(...(await examineHome(layout, cli.now())))
  cli.out.answer(findings, () => {
    for (const { check, result, message, nextStep } of findings)
      cli.out.line(
        `${cli.out.paint(STYLE[result], result.padEnd(4))}  ${check}: ${message}${nextStep === '' ? '' : ` ${nextStep}`}`,
      )
  })
  return findings.some(({ result }) => result === 'fail') ? 1 : 0
}

function lookAtHome(cli: Cli): { finding: Finding; layout: HomeLayout | undefined } {
  try {
    const layout = openCliHome(cli)
    return { finding: { check: 'home', result: 'ok', message: layout.root, nextStep: '' }, layout }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { message, nextStep } = error.refusal
    return {
      finding: { check: 'home', result: 'fail', message: `${message} (${homeLayout(cli.home).root})`, nextStep },
      layout: undefined,
    }
  }
}
