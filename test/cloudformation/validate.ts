/**
 * Whether CloudFormation would accept a template. It checks every resource against CloudFormation's own specification
 * and the AgentCore services' limits, and every reference. It errs only on the permissive side, since the value of a
 * function is only known when it is deployed.
 */
import { checkLimits } from './check-limits.ts';
import { orderOf } from './order.ts';
import { checkProperties } from './properties.ts';
import { checkReferences } from './references.ts';
import { type Properties, readTemplate, type Report, type Template } from './template.ts';

/** All faults, one line each; none for a valid template. */
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
 * Checks what CloudFormation itself checks before it creates anything: sections, references, conditions, cycles. The
 * services check properties.
 */
export function validateStructure(source: unknown): string[] {
  return faultsOf((report) => void checkStructure(source, report));
}

/** Checks one resource with resolved functions, as its service sees it. */
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
