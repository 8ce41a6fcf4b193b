import type { Command } from 'commander';

/** The command `name` that gathers others below it, made by whoever registers first: `pass issue`, `pass inspect`. */
export function commandGroup(program: Command, name: string, description: string): Command {
  return (
    program.commands.find((command) => command.name() === name) ??
    program.command(name).description(description)
  );
}
