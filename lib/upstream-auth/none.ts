/** No authentication: nothing is added to calls. */
import { oneOf } from '../rules/parse.ts';
import { way } from './way.ts';

export const none = way({
  name: 'none',
  written: 'as a word',
  key: 'none',
  entry: oneOf(['none']),
  options: () => undefined,
  bind: () => ({ environment: {}, statements: [] }),
});
