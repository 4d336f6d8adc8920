import { describe, expect, it } from 'vitest'
import { APP_VERSION } from '../../../src/apps/version.ts'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { tempHome } from '../../support/temp-home.ts'

describe('the command line', () => {
  it.each([
    [['statsu'], /^slipway: Unknown command 'statsu'\. Did you mean status\? See: slipway --help \[bad-usage\]\n$/],
    [['status', '--jsno'], /^slipway: Unknown option '--jsno'\. Did you mean --json\? See: slipway status --help/],
    [['data', 'impotr'], /Did you mean import\?/],
    [
      ['account', 'add', 'a1'],
      /^slipway: Required option '--user <name>' not specified\. See: slipway account add --help/,
    ],
    [['trades'], /^slipway: Missing required argument 'id'\./],
    [['trades', 'a1', 'a2'], /^slipway: Too many arguments/],
    [['start'], /^slipway: No account was named\. Name accounts, or use --all\. \[bad-usage\]/],
    [['stop', 'a1', '--all'], /^slipway: Both accounts and --all were given\./],
    [['account', 'edit', 'a1'], /^slipway: Nothing to change was given\./],
    [['trades', 'a1', '--limit', 'many'], /^slipway: "many" is no value for --limit\. Give a whole number/],
    [['logs', 'a1', '-f', '--since', '1h'], /do not go together/],
    [['start', 'a1', '--timeout', '0'], /^slipway: "0" is no value for --timeout/],
    [['serve', '--port', '70000'], /^slipway: "70000" is no value for --port/],
    [['run', '../x'], /can't be an account id\..*\[account-id-invalid\]/],
  ])('refuses %j in one line, with the next step, and exits with 2', async (args, said) => {
    const run = await slipway(tempHome(), args)
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toMatch(said)
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('refuses in JSON where JSON was asked for', async () => {
    const run = await slipway(tempHome(), ['start', '--json', '--al'])
    expect(run.code).toBe(2)
    expect(refusalOf(run)).toEqual({
      code: 'bad-usage',
      message: "Unknown option '--al'.",
      nextStep: 'Did you mean --all? See: slipway start --help',
    })
  })

  it('shows help when asked, and as a refusal when no command was given', async () => {
    const asked = await slipway(tempHome(), ['--help'])
    expect(asked).toMatchObject({ code: 0, stderr: '' })
    expect(asked.stdout).toContain('6 launcher unreachable')
    expect(await slipway(tempHome(), ['help', 'data'])).toMatchObject({ code: 0 })
    expect(await slipway(tempHome(), [])).toMatchObject({ code: 2, stdout: '' })
  })

  it('tells its version', async () => {
    expect(await slipway(tempHome(), ['--version'])).toMatchObject({ code: 0, stdout: `${APP_VERSION}\n` })
  })
})

describe('doctor', () => {
  it('finds nothing wrong with a new home but the want of bars', async () => {
    const run = await slipway(tempHome(), ['doctor', '--json'])
    const findings = answerOf<{ check: string; result: string }[]>(run)
    expect(findings.filter(({ result }) => result === 'fail')).toEqual([])
    expect(run.code).toBe(0)
    expect(findings).toContainEqual({
      check: 'market data',
      result: 'warn',
      message: 'There are no bars.',
      nextStep: 'Import some: slipway data import FILE --symbol S --timeframe 1m',
    })
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['version', 'home', 'disk', 'clock', 'launcher']),
    )
  })

  it('fails, with the next step, where the home can not be used', async () => {
    const run = await slipway('/dev/null/home', ['doctor'])
    expect(run.code).toBe(1)
    expect(run.stdout).toMatch(/^fail {2}home: /m)
  })

  it('fails when the clock is behind this version', async () => {
    const run = await slipway(tempHome(), ['doctor'], { now: () => 0 as never })
    expect(run.code).toBe(1)
    expect(run.stdout).toMatch(
      /^fail {2}clock: It says 1970-01-01T00:00:00\.000Z, which is in the past\. Set the clock/m,
    )
  })
})
