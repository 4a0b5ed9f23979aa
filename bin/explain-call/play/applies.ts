/** Which methods the controls that come with the proxy look at. */
import { isFree } from '../../policy/asked.ts';

const APPLIES: Readonly<Record<string, ((method: string) => boolean) | undefined>> = {
  'access-policy': (method) => !isFree(method),
  'tool-lock': (method) => /^(?:tools|prompts|resources|skills)\/|^(?:initialize|server\/discover)$/.test(method),
  validation: (method) => method.startsWith('tools/'),
  enrichment: (method) => method.startsWith('tools/'),
};

/** @returns true also for a control of a team's own, whose methods nobody declared */
export function applies(control: string, method: string): boolean {
  return APPLIES[control]?.(method) ?? true;
}
