/**
 * Resolves a template's functions, as CloudFormation does while it deploys. A function that can't be resolved is an
 * error.
 */
import {
  asText,
  getAttOf,
  intrinsicOf,
  isObject,
  shown,
  subOf,
  type Properties,
  type Template,
  type Value,
} from '../../../cloudformation/template.ts';
import { AwsError } from '../wire.ts';

/** The values that functions look up. */
export interface Known {
  readonly parameters: Readonly<Record<string, Value>>;
  /** The `Ref` value of a created resource; undefined for others. */
  ref(id: string): string | undefined;
  attribute(id: string, name: string): Value | undefined;
  exported(name: string): string | undefined;
  /** An output of another stack of this account and region. */
  output(stack: string, name: string): string | undefined;
}

const NO_VALUE = Symbol('AWS::NoValue');
type Resolved = Value | typeof NO_VALUE;

export class Resolver {
  readonly #template: Template;
  readonly #known: Known;

  constructor(template: Template, known: Known) {
    this.#template = template;
    this.#known = known;
  }

  /** Properties without those that `AWS::NoValue` removes. */
  properties(value: Properties): Properties {
    const resolved = this.#resolve(value);
    if (resolved === NO_VALUE || !isObject(resolved)) throw unresolved(`expected properties, got ${shown(value)}`);
    return resolved;
  }

  text(value: Value): string {
    const resolved = this.#resolve(value);
    if (resolved === NO_VALUE || typeof resolved === 'object') throw unresolved(`expected a text, got ${shown(value)}`);
    return String(resolved);
  }

  condition(name: string): boolean {
    const condition = this.#template.Conditions[name];
    if (condition === undefined) throw unresolved(`no condition ${name}`);
    return this.#decide(condition);
  }

  #decide(value: Value): boolean {
    if (!isObject(value)) throw unresolved(`expected a condition, got ${shown(value)}`);
    const [name = ''] = Object.keys(value);
    const argument = value[name] ?? null;
    const list = (Array.isArray(argument) ? argument : [argument]) as readonly Value[];
    switch (name) {
      case 'Condition':
        return this.condition(asText(argument));
      case 'Fn::Equals':
        return JSON.stringify(this.#resolve(list[0] ?? null)) === JSON.stringify(this.#resolve(list[1] ?? null));
      case 'Fn::Not':
        return !this.#decide(list[0] ?? null);
      case 'Fn::And':
        return list.every((member) => this.#decide(member));
      case 'Fn::Or':
        return list.some((member) => this.#decide(member));
      default:
        throw unresolved(`${name} is no condition function`);
    }
  }

  #resolve(value: Value): Resolved {
    if (Array.isArray(value))
      return (value as readonly Value[]).map((member) => this.#resolve(member)).filter((member) => member !== NO_VALUE);
    if (!isObject(value)) return value;
    const intrinsic = intrinsicOf(value);
    if (intrinsic !== undefined) return this.#call(intrinsic.name, intrinsic.argument);
    const members: Record<string, Value> = {};
    for (const [name, member] of Object.entries(value)) {
      const resolved = this.#resolve(member);
      if (resolved !== NO_VALUE) members[name] = resolved;
    }
    return members;
  }

  #call(name: string, argument: Value): Resolved {
    const list = (Array.isArray(argument) ? argument : [argument]) as readonly Value[];
    switch (name) {
      case 'Ref':
        return this.#ref(asText(argument));
      case 'Fn::GetAtt': {
        const [id, attribute] = getAttOf(argument) ?? [];
        if (id === undefined || attribute === undefined) throw unresolved(`Fn::GetAtt of ${shown(argument)}`);
        return this.#attribute(id, this.text(attribute));
      }
      case 'Fn::Sub':
        return this.#substitute(argument);
      case 'Fn::Join':
        return this.#list(list[1] ?? null)
          .map(asText)
          .join(this.text(list[0] ?? null));
      case 'Fn::Split':
        return this.text(list[1] ?? null).split(this.text(list[0] ?? null));
      case 'Fn::Select': {
        const selected = this.#list(list[1] ?? null)[Number(this.text(list[0] ?? null))];
        if (selected === undefined) throw unresolved(`Fn::Select of ${shown(argument)}: there is no such member`);
        return selected;
      }
      case 'Fn::If':
        return this.#resolve(list[this.condition(asText(list[0])) ? 1 : 2] ?? null);
      case 'Fn::Base64':
        return Buffer.from(this.text(argument)).toString('base64');
      case 'Fn::FindInMap': {
        const [map = '', first = '', second = ''] = list.map((member) => this.text(member));
        const row = this.#template.Mappings[map]?.[first];
        const found = isObject(row) ? row[second] : undefined;
        if (found === undefined) throw unresolved(`Fn::FindInMap of ${shown(argument)}: there is nothing`);
        return found;
      }
      case 'Fn::ImportValue': {
        const exported = this.#known.exported(this.text(argument));
        if (exported === undefined) throw unresolved(`no export named ${this.text(argument)} found`);
        return exported;
      }
      case 'Fn::GetStackOutput': {
        const { StackName, OutputName, Region, RoleArn } = this.properties(isObject(argument) ? argument : {});
        const here = this.#known.parameters['AWS::Region'];
        if (RoleArn !== undefined || (Region ?? here) !== here)
          throw unresolved(`${name} of another account or region is not known here`);
        const output = this.#known.output(asText(StackName), asText(OutputName));
        if (output === undefined) throw unresolved(`stack ${asText(StackName)} has no output ${asText(OutputName)}`);
        return output;
      }
      default:
        throw unresolved(`${name} is not known here`);
    }
  }

  #ref(name: string): Resolved {
    if (name === 'AWS::NoValue') return NO_VALUE;
    const found = this.#known.parameters[name] ?? this.#known.ref(name);
    if (found === undefined) throw unresolved(`Ref of ${name}, which is not there`);
    return found;
  }

  #attribute(id: string, name: string): Value {
    const found = this.#known.attribute(id, name);
    if (found === undefined) throw unresolved(`Fn::GetAtt of ${id}.${name}, which is not there`);
    return found;
  }

  #substitute(argument: Value): string {
    const sub = subOf(argument);
    if (sub === undefined) throw unresolved(`Fn::Sub of ${shown(argument)}`);
    return sub.text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, inner: string) => {
      const name = inner.trim();
      if (literal !== '') return `\${${inner}}`;
      const own = sub.variables[name];
      if (own !== undefined) return this.text(own);
      const read = name.includes('.') ? getAttOf(name) : undefined;
      const value = read === undefined ? this.#ref(name) : this.#attribute(read[0], asText(read[1]));
      return typeof value === 'symbol' ? '' : asText(value);
    });
  }

  #list(value: Value): readonly Value[] {
    const resolved = this.#resolve(value);
    if (!Array.isArray(resolved)) throw unresolved(`expected a list, got ${shown(value)}`);
    return resolved as readonly Value[];
  }
}

function unresolved(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
