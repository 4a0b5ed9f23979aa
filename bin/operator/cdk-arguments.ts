/** Splits a command line into the command's own part and the part for `cdk`. */

export interface Split {
  readonly help: boolean;
  readonly json: boolean;
  readonly deployments: string | undefined;
  /** The words before the first option. */
  readonly names: readonly string[];
  /** `key=value` pairs of `-c`, without `deployments`. */
  readonly context: readonly string[];
  readonly profile: string | undefined;
  readonly region: string | undefined;
  /** Passed on to cdk unchanged. */
  readonly rest: readonly string[];
}

/** The options that are read here, in all spellings. Those with `keep` also go to cdk. */
const READ: Readonly<
  Record<string, { readonly as: 'deployments' | 'context' | 'profile' | 'region'; readonly keep?: true }>
> = {
  '--deployments': { as: 'deployments' },
  '--context': { as: 'context' },
  '-c': { as: 'context' },
  '--profile': { as: 'profile', keep: true },
  '--region': { as: 'region', keep: true },
};

/** Names come first, cdk's options after them: after an unknown option, the next word may be its value or a name. */
export function splitArguments(args: readonly string[]): Split {
  const found: Record<'deployments' | 'context' | 'profile' | 'region', string[]> = {
    deployments: [],
    context: [],
    profile: [],
    region: [],
  };
  const names: string[] = [];
  const rest: string[] = [];
  let [help, json, named] = [false, false, true];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const [option = arg, ...value] = arg.startsWith('--') ? arg.split('=') : [arg];
    const read = READ[option];
    if (arg === '--help' || arg === '-h') help = true;
    else if (arg === '--json') json = true;
    else if (read !== undefined) {
      const given = value.length > 0 ? value.join('=') : (args[++i] ?? '');
      found[read.as].push(given);
      if (read.keep) rest.push(option, given);
    } else if (named && !arg.startsWith('-')) names.push(arg);
    else {
      named = false;
      rest.push(arg);
    }
  }
  const fromContext = found.context
    .filter((pair) => pair.startsWith('deployments='))
    .map((pair) => pair.slice('deployments='.length));
  return {
    help,
    json,
    deployments: found.deployments.at(-1) ?? fromContext.at(-1),
    names,
    context: found.context.filter((pair) => !pair.startsWith('deployments=')),
    profile: found.profile.at(-1),
    region: found.region.at(-1),
    rest,
  };
}

/** The value of one of cdk's options in `rest`; undefined if it isn't there. */
export function valueOf(rest: readonly string[], ...options: readonly string[]): string | undefined {
  for (const [i, arg] of rest.entries()) {
    if (options.includes(arg)) return rest[i + 1];
    const option = options.find((name) => name.startsWith('--') && arg.startsWith(`${name}=`));
    if (option !== undefined) return arg.slice(option.length + 1);
  }
  return undefined;
}
