/** Names of the secrets in a bot's start message. */
export const SECRET = { gatewayToken: 'gatewayToken', licenceKey: 'licenceKey' } as const
