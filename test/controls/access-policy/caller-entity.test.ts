/** What policies see of a caller. */
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../../proxy/call/caller.ts';
import {
  callerEntity,
  type CallerEntity,
  type CallerModel,
  UnfitClaims,
} from '../../../proxy/controls/access-policy/caller-entity.ts';
import { readsOf } from '../../../proxy/controls/access-policy/reads.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';

const MODEL: CallerModel = {
  groups: ['groups', 'roles'],
  claims: { text: 'string', level: 'number', staff: 'boolean', tags: 'strings' },
};
const NOTHING = readsOf([]);
const ALL = { ...NOTHING, wholeCaller: true };
const entity = (claims: JsonObject, reads = ALL): CallerEntity => callerEntity(callerOf(claims), MODEL, reads);

describe('the entity of a caller', () => {
  it('is in its groups and scopes, each once', () => {
    const { entity: made, memberships } = entity({
      groups: ['a', 'b', 'a'],
      roles: 'c',
      scope: 'x y',
      scp: ['y', 'z'],
      other: ['d'],
    });
    expect(memberships).toEqual(['Group::"a"', 'Group::"b"', 'Group::"c"', 'Scope::"x"', 'Scope::"y"', 'Scope::"z"']);
    expect(made.parents).toEqual([
      { type: 'Group', id: 'a' },
      { type: 'Group', id: 'b' },
      { type: 'Group', id: 'c' },
      { type: 'Scope', id: 'x' },
      { type: 'Scope', id: 'y' },
      { type: 'Scope', id: 'z' },
    ]);
  });

  it('is in a group that is a number, and in none that is null', () => {
    expect([entity({ groups: [7] }).memberships, entity({ groups: null }).memberships]).toEqual([['Group::"7"'], []]);
  });

  it('has the claims of the model with their values, a single text as a list', () => {
    expect(entity({ text: 't', level: 3, staff: false, tags: 'one', other: 1 }).entity.attrs).toEqual({
      text: 't',
      level: 3,
      staff: false,
      tags: ['one'],
    });
    expect(entity({ tags: ['a', 'b'], text: null }).entity.attrs).toEqual({ tags: ['a', 'b'] });
  });

  it('has nothing that no rule reads', () => {
    const claims = { sub: 's', groups: ['a', 'b'], scope: 'x', text: 't', level: 1 };
    expect(entity(claims, NOTHING)).toEqual({
      uid: { type: 'Caller', id: '' },
      entity: { uid: { type: 'Caller', id: '' }, attrs: {}, parents: [] },
      memberships: [],
      key: '["",[],{}]',
    });
    const some = { ...NOTHING, named: new Set(['Group::"b"', 'Caller::"s"']), claims: new Set(['level']) };
    expect(entity(claims, some)).toEqual({
      uid: { type: 'Caller', id: 's' },
      entity: { uid: { type: 'Caller', id: 's' }, attrs: { level: 1 }, parents: [{ type: 'Group', id: 'b' }] },
      memberships: ['Group::"b"'],
      key: '["s",["Group::\\"b\\""],{"level":1}]',
    });
    expect(entity({ ...claims, sub: 't' }, some).uid.id).toBe('');
    expect([entity(claims).uid.id, entity({}).uid.id]).toEqual(['s', '']);
  });

  it('has the same key in whatever order its groups are listed', () => {
    expect(entity({ groups: ['a', 'b'] }).key).toBe(entity({ groups: ['b', 'a'] }).key);
  });

  it.each([
    ['groups', [{}], 'a list of names'],
    ['groups', true, 'a list of names'],
    ['scope', [null], 'a list of names'],
    ['tags', [true], 'a list of names'],
    ['text', 1, 'a string'],
    ['text', ['t'], 'a string'],
    ['level', '1', 'a number'],
    ['level', true, 'a number'],
    ['level', 1.5, 'a number'],
    ['level', 2 ** 53, 'a number'],
    ['staff', 'true', 'a boolean'],
    ['staff', 0, 'a boolean'],
  ])('is refused if the claim %s is %j, in words without its value', (claim, value, expected) => {
    const made = (): unknown => entity({ [claim]: value });
    expect(made).toThrow(UnfitClaims);
    expect(made).toThrow(expect.objectContaining({ message: `expected the claim ${claim} to be ${expected}` }));
  });

  it('is not refused for a claim that no rule reads', () => {
    expect(entity({ level: 'x' }, NOTHING).entity.attrs).toEqual({});
  });
});
