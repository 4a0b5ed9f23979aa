/** What a proxy runs with, as lines of `npm start`'s introduction: in the order in which a call meets it. */
import type { Environment } from '../proxy/base/environment.ts';
import { printable } from '../proxy/base/printable.ts';
import { type Settings, settingsOf } from '../proxy/config/config.ts';
import { configurationOf } from '../proxy/configuration.ts';

export function shownConfiguration(settings: Settings, environment: Environment): string[] {
  const { caller, toolRefusals, limits, bindings, upstreams } = configurationOf(settings, environment);
  const standard = settingsOf({ controls: [] }, []).limits;
  const changed = Object.entries(limits).filter(([name, value]) => standard[name as keyof typeof standard] !== value);
  const auths = upstreams.filter(({ auth }) => auth !== 'none');
  return [
    ...(auths.length === 0
      ? []
      : [`auth      ${auths.map(({ name, auth }) => (upstreams.length > 1 ? `${name}: ${auth}` : auth)).join(', ')}`]),
    ...controlsOf(settings),
    `caller    ${caller}${caller === 'none' ? ': nobody is known, so policies see no groups' : ''}`,
    ...(toolRefusals === 'error' ? [] : ['refusals  of tool calls are results that a model reads']),
    ...(settings.search === undefined ? [] : ['search    two tools are listed in the place of all']),
    ...(changed.length === 0 ? [] : [`limits    ${changed.map(([name, value]) => `${name} ${value}`).join(', ')}`]),
    ...Object.entries(bindings).map(
      ([name, place], i) => `${i === 0 ? 'bound     ' : '          '}${printable(name)} ${place}`,
    ),
  ];
}

/** The first sees a call first, and its reply last. */
function controlsOf({ controls }: Settings): string[] {
  if (controls.length === 0) return ['controls  none: calls pass as they are'];
  const wide = Math.max(...controls.map(({ name }) => name.length));
  return controls.map(({ name, builtIn, auditOnly }, i) => {
    const does = builtIn?.does ?? 'a control of your own';
    return `${i === 0 ? 'controls  ' : '          '}${i + 1} ${name.padEnd(wide)}  ${does}${auditOnly ? ' (audit only: refuses and changes nothing)' : ''}`;
  });
}
