const WORDS: Readonly<Record<string, string>> = {
  limitPx: 'limit price',
  limitPrice: 'limit price',
  stopPx: 'stop price',
  stopPrice: 'stop price',
  targetPx: 'target price',
  targetPrice: 'target price',
  trail: 'distance of the trail',
  trailAmount: 'distance of the trail',
  trailPercent: 'distance of the trail in percent',
  netLimit: 'net limit',
  netLimitMinor: 'net limit',
  clientOrderId: 'order id',
  timeInForce: 'time in force',
}

/**
 * What a field of a trade request is called in a sentence: it reaches people through the command line, the window and the
 * API, which each write it in another way.
 */
export function fieldWords(field: string): string {
  return WORDS[field] ?? field
}
