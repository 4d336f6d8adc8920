import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { CloudRoute } from '../../../src/contracts/cloud/route.ts'
import { askCloud } from '../ask-cloud.ts'

/** A call that changes something; afterwards everything that is shown is asked for again. */
export function useChange<In extends z.ZodType, Out extends z.ZodType>(
  route: CloudRoute<In, Out>,
  onDone?: (answer: z.output<Out>) => void,
) {
  const queries = useQueryClient()
  return useMutation<z.output<Out>, Error, z.input<In>>({
    mutationFn: (input) => askCloud(route, input),
    onSuccess: (answer) => onDone?.(answer),
    onSettled: () => queries.invalidateQueries(),
  })
}
