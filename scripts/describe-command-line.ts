import type { Argument, Command, Option } from 'commander'
import { code, page, table } from './markdown.ts'

/** The page of the commands. */
export function describeCommandLine(program: Command): string {
  return page('Command line', 'portal/src/cli/commands.ts', [
    'In a checkout: `npm run hookswitch -- COMMAND`. `--help` after a command shows its options, `--version` the version.',
    '',
    ...program.commands.flatMap((command) => describeCommand(command, program.name())),
  ])
}

function describeCommand(command: Command, parent: string): string[] {
  const name = `${parent} ${command.name()}`
  const options = command.options.filter((option) => !option.hidden)
  return [
    `## ${name}`,
    '',
    `${code([parent, command.name(), command.usage()].join(' '))}: ${command.description()}.`,
    '',
    ...table(['Argument', 'Meaning'], command.registeredArguments.map(describeArgument)),
    ...table(['Option', 'Meaning', 'Default'], options.map(describeOption)),
    ...command.commands.flatMap((inner) => describeCommand(inner, name)),
  ]
}

function describeArgument(argument: Argument): string[] {
  return [code(argument.required ? `<${argument.name()}>` : `[${argument.name()}]`), argument.description]
}

/** A default that is not the option's own (it comes from the settings) stands in the description. */
function describeOption(option: Option): string[] {
  const [, text = option.description, told] = /^(.*) \(default: (.*)\)$/.exec(option.description) ?? []
  const choices = option.argChoices ? `one of ${option.argChoices.map(code).join(', ')}` : ''
  const meaning = [text, choices, option.mandatory ? 'must be given' : ''].filter(Boolean).join('; ')
  const standard = told ?? (option.defaultValue as string | number | boolean | undefined)
  return [code(option.flags), meaning, standard === undefined ? '' : code(String(standard))]
}
