/**
 * Whether CloudFormation would take a template: every resource against CloudFormation's own specification and the
 * AgentCore services' limits, every reference against what is there. It is wrong on the permissive side only: what a
 * function gives is known when it is deployed.
 */
import { checkLimits } from './check-limits.ts';
import { orderOf } from './order.ts';
import { checkProperties } from './properties.ts';
import { checkReferences } from './references.ts';
import { type Properties, readTemplate, type Report, type Template } from './template.ts';

/** All faults, each in one line; none for a template that holds. */
export function validateTemplate(source: unknown): string[] {
  return faultsOf((report) => {
    const template = checkStructure(source, report);
    for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
      checkProperties(id, Type, Properties, template, report);
      checkLimits(id, Type, Properties, report);
    }
  });
}

/**
 * What CloudFormation itself looks at before anything is made: sections, references, conditions, circles. Properties
 * are the services' business.
 */
export function validateStructure(source: unknown): string[] {
  return faultsOf((report) => void checkStructure(source, report));
}

/** One resource whose functions have been resolved, as the service that makes it sees it. */
export function validateResource(id: string, type: string, properties: Properties): string[] {
  return validateTemplate({ Resources: { [id]: { Type: type, Properties: properties } } });
}

function checkStructure(source: unknown, report: Report): Template {
  const template = readTemplate(source, report);
  checkReferences(template, report);
  const order = orderOf(template);
  if ('circle' in order) report(order.circle[0] ?? '', `circular dependency: ${order.circle.join(' -> ')}`);
  return template;
}

function faultsOf(check: (report: Report) => void): string[] {
  const faults: string[] = [];
  check((path, message) => void faults.push(`${path}: ${message}`));
  return faults;
}
