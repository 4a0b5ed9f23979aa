import type { Explanation } from '../mutants.ts';

export const CALL: Readonly<Record<string, readonly Explanation[]>> = {
  'call/variants': [
    {
      why: 'It saves work for the usual keys. Folding gives the same.',
      mutants: [
        { was: 'if (/^[a-z]*$/.test(key)) return key;', becomes: 'if (false) return key;' },
        { was: 'if (/^[a-z]*$/.test(key)) return key;', becomes: 'if (/^[a-z]$/.test(key)) return key;' },
      ],
    },
  ],
  'call/message': [
    {
      why: 'It saves work for the usual messages. The long way gives the same.',
      mutants: [
        {
          was: 'if (text.length <= SHORT) return readMessage(text, depth);',
          becomes: 'if (false) return readMessage(text, depth);',
        },
        {
          was: 'if (text.length <= SHORT) return readMessage(text, depth);',
          becomes: 'if (text.length < SHORT) return readMessage(text, depth);',
        },
        {
          was: 'return raw.includes(\'\\\\\') ? (JSON.parse(`"${raw}"`) as string) : raw;',
          becomes: 'return raw.includes("") ? (JSON.parse(`"${raw}"`) as string) : raw;',
        },
        {
          was: 'name: at < 0 ? undefined : nameOf(text, method),',
          becomes: 'name: false ? undefined : nameOf(text, method),',
        },
        {
          was: 'metaVersion: at < 0 ? undefined : metaVersionOf(text),',
          becomes: 'metaVersion: false ? undefined : metaVersionOf(text),',
        },
        {
          was: 'progressToken: at < 0 ? undefined : progressTokenOf(text),',
          becomes: 'progressToken: false ? undefined : progressTokenOf(text),',
        },
      ],
    },
    {
      why: 'The error is dropped: the function then returns undefined.',
      mutants: [
        {
          was: "ENVELOPE.refuseVariants(places.envelope, 'the message');",
          becomes: 'ENVELOPE.refuseVariants(places.envelope, "");',
        },
        { was: '} catch {', becomes: '} catch {}' },
      ],
    },
    {
      why: 'The text was checked: a value that begins with a quote ends with one.',
      mutants: [
        {
          was: "return id.startsWith('\"') ? (JSON.parse(id) as string) : String(Number(id));",
          becomes: "return id.endsWith('\"') ? (JSON.parse(id) as string) : String(Number(id));",
        },
        {
          was: "if (raw.startsWith('\"') || /^-?\\d+(?:\\.0+)?$/.test(raw)) return raw;",
          becomes: "if (raw.endsWith('\"') || /^-?\\d+(?:\\.0+)?$/.test(raw)) return raw;",
        },
      ],
    },
    {
      why: 'There is no member of that name, nor beyond the last, and a member that is absent has no text.',
      mutants: [
        {
          was: 'if (member === undefined || places.params.find(member) < 0) return undefined;',
          becomes: 'if (false || places.params.find(member) < 0) return undefined;',
        },
        {
          was: 'for (let i = 0; i < places.meta.count; i++) {',
          becomes: 'for (let i = 0; i <= places.meta.count; i++) {',
        },
        {
          was: 'return index < 0 ? undefined : tokenKey(text.slice(places.meta.start(index), places.meta.end(index)));',
          becomes: 'return false ? undefined : tokenKey(text.slice(places.meta.start(index), places.meta.end(index)));',
        },
      ],
    },
  ],
  'call/edit-message': [
    {
      why: 'A message about a tool or a prompt has a name. The check is for the compiler.',
      mutants: [
        {
          was: 'return name !== undefined && text.startsWith(`${FIRST}${name}"`, bodyStart);',
          becomes: 'return true && text.startsWith(`${FIRST}${name}"`, bodyStart);',
        },
      ],
    },
    {
      why: 'It saves work where the name is first. The long way finds the same.',
      mutants: [
        { was: "if (member === 'name' && isFirst(message) && message.name.endsWith(name)) {", becomes: 'if (false) {' },
        {
          was: "if (member === 'name' && isFirst(message) && message.name.endsWith(name)) {",
          becomes: 'if (member === "" && isFirst(message) && message.name.endsWith(name)) {',
        },
        {
          was: "if (member === 'name' && isFirst(message) && message.name.endsWith(name)) {",
          becomes: "if (member === 'name' && isFirst(message) && message.name.endsWith(name)) {}",
        },
        { was: 'const FIRST = \'{"name":"\';', becomes: 'const FIRST = "";' },
        {
          was: 'function isFirst(message: Message): message is Message & { readonly name: string } {',
          becomes: 'function isFirst(message: Message): message is Message & { readonly name: string } {}',
        },
        {
          was: 'return name !== undefined && text.startsWith(`${FIRST}${name}"`, bodyStart);',
          becomes: 'return false;',
        },
        {
          was: 'return name !== undefined && text.startsWith(`${FIRST}${name}"`, bodyStart);',
          becomes: 'return name === undefined && text.startsWith(`${FIRST}${name}"`, bodyStart);',
        },
        {
          was: 'return name !== undefined && text.startsWith(`${FIRST}${name}"`, bodyStart);',
          becomes: 'return name !== undefined && text.endsWith(`${FIRST}${name}"`, bodyStart);',
        },
      ],
    },
    {
      why: 'A value lies within the message, so it never begins at 0, and no two values begin at one place.',
      mutants: [
        {
          was: 'if (bodyStart >= 0) return yield* reread(message, text.slice(0, bodyStart) + body + text.slice(bodyEnd), depth);',
          becomes:
            'if (bodyStart > 0) return yield* reread(message, text.slice(0, bodyStart) + body + text.slice(bodyEnd), depth);',
        },
        {
          was: 'if (start < 0) throw new TypeError(`${message.method} names nothing`);',
          becomes: 'if (start <= 0) throw new TypeError(`${message.method} names nothing`);',
        },
        {
          was: "if (start < 0) throw new TypeError('the message has no id');",
          becomes: "if (start <= 0) throw new TypeError('the message has no id');",
        },
        {
          was: 'const moved = start < message.bodyStart ? id.length - (end - start) : 0;',
          becomes: 'const moved = start <= message.bodyStart ? id.length - (end - start) : 0;',
        },
      ],
    },
    {
      why: 'There is no member of that name, and a member that is absent has no text.',
      mutants: [
        {
          was: "const { start, end } = spanIn(text, bodyStart, member ?? '');",
          becomes: 'const { start, end } = spanIn(text, bodyStart, member ?? "Stryker was here!");',
        },
        { was: 'const span = { text, start: -1, end: -1 };', becomes: 'const span = { text, start: -1, end: +1 };' },
      ],
    },
  ],
};
