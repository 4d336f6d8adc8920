import { openLeafMemory } from '../../../adapters/pool-index/leaf-memory.ts'
import { openPoolIndex } from '../../../adapters/pool-index/pool-index.ts'
import type { OpenIndex } from '../../../domain/pool/cell-vectors.ts'
import { DIMENSIONS } from '../../../domain/pool/feature-scale.ts'

/** Indexes of one pool, which share one memory: a machine can reserve address space for some hundreds only. */
export function openNeighbours(): OpenIndex {
  const memory = openLeafMemory(DIMENSIONS)
  return () => openPoolIndex({ dimensions: DIMENSIONS, memory })
}
