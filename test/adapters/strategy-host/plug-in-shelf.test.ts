import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openPlugInShelf } from '../../../src/adapters/strategy-host/plug-in-shelf.ts'
import { LOOK } from '../../support/plug-in-looks.ts'
import { tempHome } from '../../support/temp-home.ts'

it('a list has every strategy in its place, those that can not be used too', async () => {
  const strategies = join(tempHome(), 'strategies')
  mkdirSync(strategies)
  const write = (id: string, first: string) =>
    writeFileSync(
      join(strategies, `${id}.mjs`),
      `${first}\nexport default { id: '${id}', title: 'T', parameters: [], open: () => ({}) }`,
    )
  write('a', '')
  write('b', 'throw new Error("not today")')
  write('c', '')
  write('d', '')
  const listed = await openPlugInShelf({ strategies }, LOOK).list([join(strategies, 'c.mjs')])
  const plugIns = listed.filter(({ kind }) => kind === 'plug-in')
  expect(plugIns.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', join(strategies, 'c.mjs')])
  expect(plugIns.map(({ problem }) => problem?.code)).toEqual([
    undefined,
    'strategy-invalid',
    undefined,
    undefined,
    undefined,
  ])
}, 60_000)
