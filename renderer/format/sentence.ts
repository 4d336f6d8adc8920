/** A name of ours, `features.hash`, is written as it is. */
const NAMED = /^[a-z]\w*[._]\w/

/** A text as a sentence of its own: with a capital, and with its full stop. */
export function sentence(text: string): string {
  const capital = NAMED.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`
}

/** A setting's name as people write it: `maxDailyLoss` and `risk.maxDailyLoss` are `Max daily loss`. */
export function settingWords(name: string): string {
  const words = name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/([A-Z])/g, ' $1')
    .toLowerCase()
    .replace(/\bbps\b/, '')
    .trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
