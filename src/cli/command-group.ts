import type { Command } from 'commander';

/**
 * The command `name` that groups subcommands such as `pass issue` and `pass inspect`; created by the first of them.
 */
export function commandGroup(program: Command, name: string, description: string): Command {
  return (
    program.commands.find((command) => command.name() === name) ??
    program.command(name).description(description)
  );
}
