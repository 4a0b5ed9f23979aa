/**
 * Checks a config's types with the TypeScript that is found from the config or from here. Without one, only the build
 * checks the config.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { moduleFile, ROOT } from './root.ts';

const SHOWN = 5;
/**
 * For `import … with { type: 'json' }` in a folder whose `package.json` has no `"type": "module"`. Node and the bundler
 * read such a file as a module nevertheless.
 */
const NO_MODULE = 'error TS2856:';

/** The compiler's errors for a config and what it imports, one line each. */
export function typeFaults(config: string): readonly string[] {
  if (!/\.[cm]?tsx?$/.test(config)) return [];
  const compiler =
    resolveFrom(config, 'typescript/package.json') ??
    resolveFrom(join(ROOT, 'package.json'), 'typescript/package.json');
  if (compiler === undefined) return [];
  const place = mkdtempSync(join(tmpdir(), 'agentcore-mcp-proxy-types-'));
  try {
    const project = join(place, 'tsconfig.json');
    writeFileSync(project, JSON.stringify(projectOf(config)));
    const { status, stdout, error } = spawnSync(
      process.execPath,
      [join(dirname(compiler), 'bin/tsc'), '-p', project, '--pretty', 'false'],
      { encoding: 'utf8', cwd: dirname(config) },
    );
    if (error !== undefined) return [`config: ${config}: the type checker can't run: ${error.message}`];
    return status === 0 ? [] : shown(config, stdout);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function projectOf(config: string): object {
  const nodeTypes =
    resolveFrom(config, '@types/node/package.json') ??
    resolveFrom(join(ROOT, 'package.json'), '@types/node/package.json');
  return {
    files: [config],
    compilerOptions: {
      target: 'es2024',
      lib: ['es2024', 'esnext.iterator', 'esnext.collection'],
      module: 'nodenext',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      // For tools.lock.json.
      resolveJsonModule: true,
      // A config outside this package has no node_modules that leads here.
      paths: {
        'agentcore-mcp-proxy': [typesOf('proxy/index')],
        'agentcore-mcp-proxy/controls': [typesOf('proxy/controls/index')],
      },
      ...(nodeTypes === undefined ? { types: [] } : { types: ['node'], typeRoots: [dirname(dirname(nodeTypes))] }),
    },
  };
}

/** The types of a module: in an installed package, they are next to it. */
function typesOf(name: string): string {
  return moduleFile(name).replace(/\.js$/, '.d.ts');
}

/**
 * Formats the compiler's output: `file(line,column): error TS2322: …`, without the lines that elaborate. Errors in this
 * package's sources are left out, since a config can't fix them.
 */
function shown(config: string, output: string): readonly string[] {
  const lines = output.split('\n').filter((line) => {
    if (line.includes(NO_MODULE)) return false;
    const [, file] = /^(.+?)\(\d+,\d+\): error TS\d+/.exec(line) ?? [];
    return file === undefined
      ? /^error TS\d+/.test(line)
      : !resolve(dirname(config), file).startsWith(join(ROOT, 'proxy', sep));
  });
  const faults = lines
    .slice(0, SHOWN)
    .map((line) => `config: ${relative(process.cwd(), config)} doesn't type-check: ${line.trim()}`);
  return lines.length <= SHOWN ? faults : [...faults, `config: and ${lines.length - SHOWN} more type errors`];
}

function resolveFrom(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name);
  } catch {
    return undefined;
  }
}
