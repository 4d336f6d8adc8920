type Environment = Readonly<Record<string, string | undefined>>

const HANDED_ON = ['SystemRoot', 'windir']

/** What a child that needs nothing of us gets of our environment: what Windows needs to start a program at all. */
export function bareEnvironment(env: Environment): Record<string, string> {
  return Object.fromEntries(HANDED_ON.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
}
