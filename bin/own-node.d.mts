export const LEAST: readonly [number, number];
export function isEnough(version: string): boolean;
export function isPackagedForMac(program: string): boolean;
export function ownNode(path: string): string | undefined;
