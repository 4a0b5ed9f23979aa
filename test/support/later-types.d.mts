export const CHECKED_NOW: string;
export function keepForLater(projectText: string, project: string, shared: string): boolean;
export function complaintsOf(shared: string): string;
