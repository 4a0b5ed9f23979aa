/** The names of a deployment in AWS. */

export interface Named {
  readonly name: string;
  readonly stage?: string;
}

/** `prod-orders_eu` becomes `prod-orders-eu`: CloudFormation's names have no underscores. */
export function stackNameOf({ name, stage }: Named): string {
  return [...(stage === undefined ? [] : [stage]), name].join('-').replaceAll('_', '-');
}

/** `prod_orders_eu`: AgentCore's names have no hyphens. */
export function runtimeNameOf({ name, stage }: Named): string {
  return stage === undefined ? name : `${stage}_${name}`;
}
