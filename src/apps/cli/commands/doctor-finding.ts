/** One thing looked at. `nextStep` is empty when there is nothing to do. */
export type Finding = Readonly<{ check: string; result: 'ok' | 'warn' | 'fail'; message: string; nextStep: string }>
