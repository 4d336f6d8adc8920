/** What we use of WebAssembly: Node has it, but only the types of browsers tell of it. */
type Machine = Readonly<{
  validate: (bytes: Uint8Array<ArrayBuffer>) => boolean
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  Instance: new (module: object) => { readonly exports: unknown }
}>

/**
 * Starts a WebAssembly module that imports nothing.
 *
 * @returns what it exports; undefined where this machine has no WebAssembly, or lacks an instruction the module uses (SIMD)
 */
export function runModule<Exports>(bytes: Uint8Array<ArrayBuffer>): Exports | undefined {
  const machine = (globalThis as { WebAssembly?: Machine }).WebAssembly
  if (!machine?.validate(bytes)) return undefined
  return new machine.Instance(new machine.Module(bytes)).exports as Exports
}
