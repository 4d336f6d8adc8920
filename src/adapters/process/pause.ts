/** Waits without letting anything else of this process run, milliseconds: for what passes by itself in a moment. */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
