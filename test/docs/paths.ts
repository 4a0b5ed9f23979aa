/** Finds the words of a page that are paths of this repository. */

const TOPS = ['proxy', 'lib', 'bin', 'docs', 'test', 'testing', 'local', 'console', 'examples', 'bench'];
const CODE = /`([^`\s]+)`/g;
const LINK = /\]\(([^)\s#]+)(?:#[^)]*)?\)/g;

/**
 * Returns links within the repository, code that begins with `./`, `../` or a top folder, and, in the README of a
 * folder, names of TypeScript files. It leaves out those with a placeholder (`docs/control-NAME.md`) or a star.
 * @param bare whether names without a folder count
 */
export function pathsIn(text: string, bare = false): string[] {
  const code = [...text.matchAll(CODE)].map(([, word = '']) => word).filter((word) => isPath(word, bare));
  const links = [...text.matchAll(LINK)].map(([, path = '']) => path).filter((path) => !/^[a-z]+:/.test(path));
  return [...code, ...links];
}

function isPath(word: string, bare: boolean): boolean {
  if (!/^[\w./-]+$/.test(word) || /(?:^|[/.-])[A-Z]{3,}(?:$|[/.-])/.test(word.replace(/README\.md$/, ''))) return false;
  const [first = '', ...rest] = word.split('/');
  if (rest.length === 0) return bare && word.endsWith('.ts');
  return first === '.' || first === '..' || TOPS.includes(first);
}
