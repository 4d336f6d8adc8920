/**
 * Every property test draws the same examples in every run, so a green tree stays green until somebody changes it. New
 * examples are looked for on purpose: `PROPERTY_SEED=7 PROPERTY_RUNS=5000 npx vitest run test/domain`.
 *
 * `PROPERTY_RUNS` is the number of examples of a property that names none itself (else 100).
 */
import fc from 'fast-check'

const { PROPERTY_SEED = '20261121', PROPERTY_RUNS = '100' } = process.env
fc.configureGlobal({ seed: Number(PROPERTY_SEED), numRuns: Number(PROPERTY_RUNS) })
