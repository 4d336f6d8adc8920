import type { CredentialField } from '../../contracts/launcher/vault.ts'
import { refuse } from '../../domain/failure/refusal.ts'

/** Name of the gateway's token in the vault. */
export const GATEWAY_TOKEN = 'token'

/** What each broker must be told before it lets us in. One that is not here is not known. */
const FIELDS: Readonly<Record<string, readonly CredentialField[]>> = {
  sim: [],
  gateway: [
    {
      ...{ name: 'url', label: 'Address of the gateway', secret: false, required: true, setting: 'gateway.url' },
      help: 'Where the bridge to your broker is. http: only for this computer itself, https: for any other.',
      placeholder: 'https://bridge.example:8443',
    },
    {
      ...{ name: 'account', label: 'Account at the gateway', secret: false, required: false },
      ...{ setting: 'gateway.account', placeholder: 'U123' },
      help: 'May be left out where the token opens one account only.',
    },
    {
      ...{ name: GATEWAY_TOKEN, label: 'Access token', secret: true, required: false, setting: null, placeholder: '' },
      help: 'What the gateway gave you to get in. Leave it out where it asks for none.',
    },
  ],
}

/** @throws {Refused} 'broker-unknown' */
export function credentialFields(broker: string): readonly CredentialField[] {
  if (Object.hasOwn(FIELDS, broker)) return FIELDS[broker]!
  return refuse(
    'broker-unknown',
    `This version of Slipway does not know the broker ${broker}.`,
    `Choose one of: ${Object.keys(FIELDS).join(', ')}.`,
  )
}

/**
 * A secret as it may be kept: without the blanks and line ends that copying brings along.
 *
 * @throws {Refused} 'bad-usage': no secret field of the broker has this name, or it is none
 */
export function checkSecrets(broker: string, values: Readonly<Record<string, string>>): Record<string, string> {
  const secrets = credentialFields(broker).filter(({ secret }) => secret)
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = secrets.find((one) => one.name === name)
      if (!field)
        refuse(
          'bad-usage',
          `The broker ${broker} has no secret named ${name}.`,
          secrets.length === 0
            ? 'It needs none.'
            : `It has: ${secrets.map(({ name: known }) => known).join(', ')}. What is no secret is a setting of the account.`,
        )
      return [name, checkToken(field.label, value)]
    }),
  )
}

/** What an HTTP header can carry of a token. */
const TOKEN = /^[\x21-\x7e]+$/

function checkToken(label: string, value: string): string {
  const text = value.trim()
  if (TOKEN.test(text)) return text
  return refuse(
    'bad-usage',
    text === ''
      ? `The ${label.toLowerCase()} is empty.`
      : `This can't be a token: it has blanks or unusual characters.`,
    'Copy it again: it is one word of letters, digits and signs.',
  )
}
