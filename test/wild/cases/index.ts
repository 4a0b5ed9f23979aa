import type { Case } from '../case.ts';
import { BODIES } from './bodies.ts';
import { EVENTS } from './events.ts';
import { IDS } from './ids.ts';
import { LISTS } from './lists.ts';
import { NULLS } from './nulls.ts';
import { SESSIONS } from './sessions.ts';

export const CASES: readonly Case[] = [...SESSIONS, ...IDS, ...EVENTS, ...BODIES, ...LISTS, ...NULLS];
