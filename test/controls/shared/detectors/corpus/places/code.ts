import type { Made, Making, Value } from '../sample.ts';
/** Secrets in code and settings, and in what people write. */
import type { Half } from '../words.ts';
import { among } from './fields.ts';
import { filled } from './prose.ts';

/** `{}` is the secret, `NAME` the name of a field. */
const CODE: Readonly<Record<Half, readonly string[]>> = {
  development: [
    "const client = connect('{}');",
    'export VALUE={}',
    'curl -H "Authorization: Bearer {}" https://api.internal/v1/items',
    'curl -u {}: https://api.internal/v1',
    '{"config":{"v":"{}"}}',
    'val = "{}"  # do not commit',
    'env:\n  - name: V\n    value: {}',
    '-e V={} \\',
    'x := []byte("{}")',
    '<add key="v" value="{}" />',
    'git clone https://oauth2:{}@git.internal/a/b.git',
    'V="{}" ./run.sh',
    '> set v {}',
    'https://api.internal/v1?access={}',
  ],
  heldOut: [
    'let c = new Client("{}")',
    'V={}\nW=1',
    'fetch(url, { headers: { Authorization: `Bearer {}` } })',
    'wget --header="X-Auth: {}" https://svc.internal/a',
    'v: {}\n',
    "define('V', '{}');",
    'docker run -e V={} img',
    'val v = "{}"',
    'ENV V {}',
    '[remote]\nurl = https://bot:{}@git.internal/r.git',
    'Log: using [{}] for upstream',
    '    "v": "{}",',
    'export const v = `{}`',
    'terraform apply -var v={}',
  ],
};

export function code({ text }: Value, { random, half }: Making): Made | undefined {
  const frame = random.pick(CODE[half].filter((form) => !text.includes('\n') || !/oauth2:|bot:|curl|wget/.test(form)));
  return { shape: frame, document: filled(frame, text, random) };
}

/** A known secret under a name that says nothing. */
export function anyField({ text }: Value, { random }: Making): Made {
  const name = random.word('value content output notes body data result message');
  return { shape: name, document: among(name, text, random) };
}

/** A named secret or password in settings, unquoted up to its real end. */
const SETTINGS: Readonly<Record<Half, readonly string[]>> = {
  development: [
    'NAME={}',
    'NAME: {}',
    'NAME="{}"',
    "NAME = '{}'",
    '"NAME": "{}"',
    'NAME={}\nPORT=80',
    'export NAME={}',
    '--NAME {}',
    '<NAME>{}</NAME>',
    "NAME => '{}'",
  ],
  heldOut: [
    'NAME={}',
    'NAME: "{}"',
    "NAME='{}'",
    'NAME: {}\nhost: db',
    'set NAME={}',
    '  NAME = "{}"',
    '$NAME = "{}";',
    "'NAME': '{}',",
    '[app]\nNAME={}',
    '-DNAME={}',
  ],
};

export function setting({ text }: Value, { random, words, type, half }: Making): Made | undefined {
  const names = [...words.of('fields', type), ...words.of('unusual', type)].filter((name) => /^[\w.-]+$/.test(name));
  if (names.length === 0) return undefined;
  const name = random.pick(names);
  const forms = SETTINGS[half].filter((form) => fits(form, text));
  const form = random.pick(forms);
  return {
    shape: form,
    document: filled(
      form.replaceAll('NAME', () => name),
      text,
      random,
    ),
  };
}

/** A shell or XML would read such a value otherwise. */
function fits(form: string, text: string): boolean {
  if (/['"`&;\s]/.test(text) && /^(?:export|set|--|-D)/.test(form)) return false;
  if (/[<&]/.test(text) && form.includes('<')) return false;
  return !/["'\\]/.test(text) || !/["']/.test(form);
}
