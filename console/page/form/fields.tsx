import type { JSX } from 'preact';
/** A form made from a JSON Schema. A field that is left empty is left out. */
import { useId, useState } from 'preact/hooks';
import { defaultOf, type Field, fieldOf, type Schema, textOf } from './schema.ts';

export interface FieldProps {
  readonly name: string;
  readonly schema: Schema;
  readonly root: Schema;
  readonly isRequired: boolean;
  /** Objects around it. */
  readonly depth?: number;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

export type Values = Readonly<Record<string, unknown>>;

/** The members of an object, one below the other. */
export function Fields({
  field,
  root,
  depth = 0,
  value,
  onChange,
}: {
  readonly field: Extract<Field, { kind: 'object' }>;
  readonly root: Schema;
  readonly depth?: number;
  readonly value: Values;
  readonly onChange: (value: Values) => void;
}): JSX.Element {
  return (
    <>
      {field.properties.map(([name, schema]) => (
        <FieldFor
          key={name}
          name={name}
          schema={schema}
          root={root}
          depth={depth + 1}
          isRequired={field.required.includes(name)}
          value={Object.hasOwn(value, name) ? value[name] : undefined}
          onChange={(next) => onChange(withMember(value, name, next))}
        />
      ))}
    </>
  );
}

function withMember(value: Values, name: string, next: unknown): Values {
  const others = Object.entries(value).filter(([each]) => each !== name);
  // Object.fromEntries also defines a member named __proto__.
  return Object.fromEntries(next === undefined ? others : [...others, [name, next]]);
}

/** The values that a form begins with. */
export function initial(schema: Schema, root: Schema): unknown {
  const own = defaultOf(schema);
  if (own !== undefined) return own;
  const field = fieldOf(schema, root);
  if (field.kind !== 'object') return undefined;
  const members = field.properties.flatMap(([name, inner]): [string, unknown][] => {
    const value = defaultOf(inner);
    return value === undefined ? [] : [[name, value]];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

function FieldFor(props: FieldProps): JSX.Element {
  const { name, schema, root, isRequired, value, onChange, depth = 0 } = props;
  const id = useId();
  const field = fieldOf(schema, root, depth);
  const title = textOf(schema, 'title');
  const description = textOf(schema, 'description');
  const hint = description === undefined ? undefined : `${id}-hint`;
  const label = (
    <>
      <b>{name}</b>
      {isRequired ? <span class="required"> required</span> : null}
      {title === undefined || title === name ? null : <span class="soft"> {title}</span>}
    </>
  );
  const words =
    description === undefined ? null : (
      <p class="soft" id={hint}>
        {description}
      </p>
    );
  if (field.kind === 'object')
    return (
      <fieldset>
        <legend>{label}</legend>
        {words}
        <Fields
          field={field}
          root={root}
          depth={depth}
          value={isValues(value) ? value : {}}
          onChange={(next) => onChange(Object.keys(next).length === 0 ? undefined : next)}
        />
      </fieldset>
    );
  if (field.kind === 'list') return <ListOf {...props} items={field.items} label={label} words={words} />;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {words}
      <Input id={id} hint={hint} field={field} isRequired={isRequired} value={value} onChange={onChange} />
    </div>
  );
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ListOf({
  name,
  root,
  depth = 0,
  value,
  onChange,
  items,
  label,
  words,
}: FieldProps & {
  readonly items: Schema;
  readonly label: JSX.Element;
  readonly words: JSX.Element | null;
}): JSX.Element {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const set = (next: readonly unknown[]): void => onChange(next.length === 0 ? undefined : next);
  return (
    <fieldset>
      <legend>{label}</legend>
      {words}
      {list.map((item, i) => (
        <div class="item" key={i}>
          <FieldFor
            name={`${name} ${i + 1}`}
            schema={items}
            root={root}
            depth={depth + 1}
            isRequired={false}
            value={item}
            onChange={(next) => set(list.map((each, at) => (at === i ? (next ?? '') : each)))}
          />
          <button
            type="button"
            class="plain"
            aria-label={`Remove ${name} ${i + 1}`}
            onClick={() => set(list.filter((_, at) => at !== i))}
          >
            remove
          </button>
        </div>
      ))}
      <button type="button" class="plain" onClick={() => set([...list, initial(items, root) ?? ''])}>
        add one
      </button>
    </fieldset>
  );
}

interface InputProps {
  readonly id: string;
  readonly hint: string | undefined;
  readonly field: Exclude<Field, { kind: 'object' | 'list' }>;
  readonly isRequired: boolean;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

const PICKED: Readonly<Record<string, 'date'>> = { date: 'date' };

function Input({ id, hint, field, isRequired, value, onChange }: InputProps): JSX.Element {
  const common = { id, 'aria-describedby': hint, required: isRequired };
  switch (field.kind) {
    case 'boolean':
      return (
        <select
          {...common}
          value={value === true ? 'true' : value === false ? 'false' : ''}
          onChange={({ currentTarget }) =>
            onChange(currentTarget.value === '' ? undefined : currentTarget.value === 'true')
          }
        >
          <option value="">{isRequired ? 'choose' : 'left out'}</option>
          <option value="true">true</option>
          <option value="false">false</option>
        </select>
      );
    case 'choice': {
      const at = field.choices.findIndex((each) => JSON.stringify(each.value) === JSON.stringify(value));
      return (
        <select
          {...common}
          value={at < 0 ? '' : String(at)}
          onChange={({ currentTarget }) =>
            onChange(currentTarget.value === '' ? undefined : field.choices[Number(currentTarget.value)]?.value)
          }
        >
          <option value="">{isRequired ? 'choose' : 'left out'}</option>
          {field.choices.map(({ title }, i) => (
            <option key={i} value={String(i)}>
              {title}
            </option>
          ))}
        </select>
      );
    }
    case 'choices': {
      const list: readonly unknown[] = Array.isArray(value) ? value : [];
      return (
        <select
          id={id}
          aria-describedby={hint}
          multiple
          onChange={({ currentTarget }) =>
            onChange(Array.from(currentTarget.selectedOptions, (each) => field.choices[Number(each.value)]?.value))
          }
        >
          {field.choices.map((each, i) => (
            <option key={i} value={String(i)} selected={list.includes(each.value)}>
              {each.title}
            </option>
          ))}
        </select>
      );
    }
    case 'number':
      return (
        <input
          {...common}
          type="number"
          step={field.isInteger ? 1 : 'any'}
          value={typeof value === 'number' ? String(value) : ''}
          onInput={({ currentTarget }) =>
            onChange(currentTarget.value === '' ? undefined : currentTarget.valueAsNumber)
          }
        />
      );
    case 'text': {
      const type = PICKED[field.format ?? ''];
      const text = typeof value === 'string' ? value : '';
      const onInput = ({ currentTarget }: { readonly currentTarget: { readonly value: string } }): void =>
        onChange(currentTarget.value === '' ? undefined : currentTarget.value);
      return type === undefined ? (
        <textarea {...common} rows={1} value={text} onInput={onInput} />
      ) : (
        <input {...common} type={type} value={text} onInput={onInput} />
      );
    }
    case 'json':
      return <JsonInput {...common} value={value} onChange={onChange} />;
  }
}

/** Any value, as JSON. */
export function JsonInput({
  value,
  onChange,
  ...rest
}: {
  readonly id: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly required?: boolean;
  readonly 'aria-describedby'?: string | undefined;
}): JSX.Element {
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, null, 2));
  const [isWrong, setWrong] = useState(false);
  return (
    <>
      <textarea
        {...rest}
        class="code"
        rows={Math.min(14, Math.max(2, text.split('\n').length))}
        spellcheck={false}
        aria-invalid={isWrong}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          try {
            onChange(currentTarget.value.trim() === '' ? undefined : (JSON.parse(currentTarget.value) as unknown));
            setWrong(false);
          } catch {
            setWrong(true);
          }
        }}
      />
      {isWrong ? <p class="wrong">Not JSON yet: the last value that was is used.</p> : null}
    </>
  );
}
