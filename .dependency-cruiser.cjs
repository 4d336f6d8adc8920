// Which room may import which. The compiler's project references keep most of it too; this is the gate that also sees
// packages, Node's own modules and cycles.

const PACKAGE = (names) => `(^|/)node_modules/(${names})/`

/** @param {string} name @param {string} room @param {string[]} allowed what its files may import, as paths */
const room = (name, room, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^${room}/` },
  to: { pathNot: [`^${room}/`, ...allowed] },
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    room('domain-imports-nothing', 'src/domain', [], 'The domain has no package, no Node, no clock.'),
    room(
      'contracts-import-domain-and-schemas',
      'src/contracts',
      ['^src/domain/', PACKAGE('zod|@orpc/contract')],
      'Contracts are read by every face, the page included.',
    ),
    room('engine-imports-domain', 'src/engine', ['^src/domain/'], 'Effects reach the engine as ports, in its context.'),
    room(
      'agent-imports-engine-and-langchain',
      'src/agent',
      ['^src/(domain|contracts|engine)/', PACKAGE('@langchain/[^/]+|langchain|zod')],
      'The agent decides with the engine and talks to models through LangChain.',
    ),
    {
      name: 'adapters-know-no-use-case',
      severity: 'error',
      comment: 'Adapters implement ports of the domain; apps wire them to the engine.',
      from: { path: '^src/adapters/' },
      to: { path: '^(src/(engine|agent|apps)|renderer|test|scripts|bin)/' },
    },
    {
      name: 'page-imports-domain-and-contracts',
      severity: 'error',
      comment: 'The page shows state and sends commands, in a browser.',
      from: { path: '^renderer/' },
      to: { path: '^(src/(engine|agent|adapters|apps)|test|scripts|bin)/' },
    },
    {
      name: 'page-has-no-node',
      severity: 'error',
      comment: 'The page runs in a browser.',
      from: { path: '^renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'source-imports-no-test',
      severity: 'error',
      comment: 'What runs for users imports nothing from tests or scripts.',
      from: { path: '^(src|renderer)/' },
      to: { path: '^(test|scripts|bin)/' },
    },
    {
      name: 'only-the-page-is-react',
      severity: 'error',
      comment: 'React and Mantine belong to renderer/.',
      from: { path: '^src/' },
      to: { path: ['^renderer/', PACKAGE('react|react-dom|@mantine/[^/]+')] },
    },
    {
      name: 'electron-in-the-shell-only',
      severity: 'error',
      comment: 'require("electron") throws outside Electron.',
      from: { path: '^(src|renderer)/', pathNot: '^src/apps/shell/' },
      to: { path: PACKAGE('electron') },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Files of a cycle are one file that does not say so.',
      from: { path: '^(src|renderer)/' },
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      comment: 'An import that cannot be resolved cannot be judged.',
      from: { path: '^(src|renderer)/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'packages-are-declared',
      severity: 'error',
      comment: 'What runs for users comes from "dependencies", or it is missing on their machine.',
      from: { path: '^src/' },
      // Electron is the program that runs the shell, not a package the shell brings along.
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: PACKAGE('electron'),
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Imports of types bind rooms as much as imports of values.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
