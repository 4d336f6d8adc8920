import { Stack, Text, Title } from '@mantine/core'
import { Command } from '../page/command.tsx'

/** What to type when there is no account yet. */
export function NoAccounts() {
  return (
    <Stack component="section" maw={760} mx="auto" my="xl" p="md" aria-labelledby="no-accounts">
      <Title order={2} id="no-accounts">
        No accounts yet
      </Title>
      <Text>Slipway runs one bot per account. Two commands, typed in its folder, give you the first one:</Text>
      <Text fw={600}>1. Make a month of one-minute bars to trade on</Text>
      <Command text="npx slipway data generate --symbol ESH5 --days 20 --seed 7" />
      <Text fw={600}>2. Add an account on the simulated broker</Text>
      <Command text="npx slipway account add demo --user me --symbol ESH5 --feed replay:60x" />
      <Text c="dimmed" size="sm">
        The account appears here by itself; press Start then. To trade on bars of your own, import them with{' '}
        <code>npx slipway data import FILE --symbol S --timeframe 1m</code>.
      </Text>
    </Stack>
  )
}
