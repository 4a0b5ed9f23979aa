/**
 * Reads proxies and their controls from a template, an assembly or a description. Strict: what can't be read is an
 * error, never ignored.
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type Admission, admissionOf } from './admission.ts';

export interface ShownControl {
  readonly name: string;
  readonly replies: string;
  readonly auditOnly: boolean;
  readonly perCaller: boolean;
  /** The methods whose replies it maps. @default - all */
  readonly maps?: readonly string[] | undefined;
  readonly lock?: ShownLock | undefined;
}

export interface ShownLock {
  readonly sha256: string;
  readonly enforces: boolean;
  readonly except: readonly string[];
}

/** What clients see under which names. */
export interface ShownNames {
  /** What the names of each upstream's tools begin with. */
  readonly upstreams: Readonly<Record<string, string>>;
  readonly search: string;
}

export interface ShownProxy {
  /** Outermost first. */
  readonly controls: readonly ShownControl[];
  readonly caller: string;
  readonly digests: Readonly<Record<string, string>>;
  /** Undefined if a version that didn't list them wrote it. */
  readonly names?: ShownNames | undefined;
  /** Undefined if it wasn't read from a template. */
  readonly admission?: Admission;
}

/** By the template's path within the assembly, and the runtime's logical id. */
export type Shown = ReadonlyMap<string, ShownProxy>;

type Json = Readonly<Record<string, unknown>>;

/** The key in a runtime's metadata, written by `lib/shown-controls.ts`. */
const METADATA = 'agentcore-mcp-proxy';
const RUNTIME = 'AWS::BedrockAgentCore::Runtime';

/**
 * @param path a cloud assembly (`cdk.out`), a template, or the output of `aws cloudformation get-template` or
 * `--describe`
 */
export function readShown(path: string): Shown {
  if (!statSync(path, { throwIfNoEntry: false }))
    throw new Error(`expected a template, an assembly or a description at ${path}, found nothing`);
  if (!statSync(path).isDirectory()) return readFile(path);
  // Templates inside assets belong to no stack.
  const templates = globSync('**/*.template.json', { cwd: path, exclude: ['**/asset.*'] }).toSorted();
  if (templates.length === 0)
    throw new Error(`expected templates (*.template.json) in ${path}, found none: run cdk synth -o ${path} first`);
  return new Map(
    templates.flatMap((name) =>
      [...inTemplate(objectIn(join(path, name)), join(path, name))].map(
        ([id, proxy]) =>
          [
            `${name
              .split(sep)
              .join('/')
              .replace(/\.template\.json$/, '')}/${id}`,
            proxy,
          ] as const,
      ),
    ),
  );
}

function readFile(path: string): Shown {
  const read = objectIn(path);
  const { TemplateBody: body } = read;
  const template =
    typeof body === 'string' ? object(JSON.parse(body), path) : body === undefined ? read : object(body, path);
  if ('Resources' in template) return inTemplate(template, path);
  if ('controls' in template && 'caller' in template) return new Map([['proxy', proxyOf(template, path)]]);
  throw new Error(
    `expected a template (with Resources) or a description (with controls) in ${path}, got an object with ${Object.keys(template).slice(0, 5).join(', ') || 'nothing'}`,
  );
}

function inTemplate(template: Json, where: string): Shown {
  const found = new Map<string, ShownProxy>();
  const resources = object(template['Resources'] ?? {}, where);
  for (const [id, value] of Object.entries(resources)) {
    const resource = object(value, `${where}: ${id}`);
    const metadata =
      resource['Type'] === RUNTIME && resource['Metadata'] !== undefined
        ? object(resource['Metadata'], `${where}: ${id}`)[METADATA]
        : undefined;
    if (metadata !== undefined)
      found.set(id, {
        ...proxyOf(object(metadata, `${where}: ${id}`), `${where}: ${id}`),
        admission: admissionOf(resources, id),
      });
  }
  return found;
}

function proxyOf(said: Json, where: string): ShownProxy {
  const { controls, caller, digests = {}, upstreams } = said;
  if (!Array.isArray(controls))
    throw new Error(`${where}: expected a list of controls, got ${JSON.stringify(controls)}`);
  return {
    controls: controls.map((control) => controlOf(object(control, where), where)),
    caller: text(object(caller, where), 'source', where),
    digests: Object.fromEntries(
      Object.keys(object(digests, where)).map((name) => [name, text(object(digests, where), name, where)]),
    ),
    names: hasPrefixes(upstreams)
      ? {
          upstreams: Object.fromEntries(
            upstreams
              .map((each) => object(each, where))
              .map((each) => [text(each, 'name', where), text(each, 'prefix', where)]),
          ),
          search: text(said, 'search', where),
        }
      : undefined,
  };
}

function controlOf(said: Json, where: string): ShownControl {
  return {
    name: text(said, 'name', where),
    replies: text(said, 'replies', where),
    auditOnly: flag(said, 'auditOnly', where),
    perCaller: flag(said, 'perCaller', where),
    maps: said['maps'] === undefined ? undefined : texts(said, 'maps', where),
    lock: said['lock'] === undefined ? undefined : lockOf(object(said['lock'], where), where),
  };
}

/** A description of an older version lists upstreams without prefixes. */
function hasPrefixes(upstreams: unknown): upstreams is readonly unknown[] {
  return (
    Array.isArray(upstreams) && upstreams.every((each) => typeof each === 'object' && each !== null && 'prefix' in each)
  );
}

function lockOf(said: Json, where: string): ShownLock {
  return {
    sha256: text(said, 'sha256', where),
    enforces: flag(said, 'enforces', where),
    except: texts(said, 'except', where),
  };
}

function objectIn(path: string): Json {
  try {
    return object(JSON.parse(readFileSync(path, 'utf8')), path);
  } catch (error) {
    throw error instanceof SyntaxError
      ? new Error(`expected JSON in ${path}: ${error.message}`, { cause: error })
      : error;
  }
}

function object(value: unknown, where: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${where}: expected an object, got ${JSON.stringify(value)}`);
}

function text(of: Json, name: string, where: string): string {
  const value = of[name];
  if (typeof value === 'string') return value;
  throw new Error(`${where}: expected a text as ${name}, got ${JSON.stringify(value)}`);
}

function texts(of: Json, name: string, where: string): readonly string[] {
  const value = of[name];
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw new Error(`${where}: expected a list of texts as ${name}, got ${JSON.stringify(value)}`);
}

function flag(of: Json, name: string, where: string): boolean {
  const value = of[name];
  if (typeof value === 'boolean') return value;
  throw new Error(`${where}: expected true or false as ${name}, got ${JSON.stringify(value)}`);
}
