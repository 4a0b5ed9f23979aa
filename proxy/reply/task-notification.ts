/** Whether a notification's parameters are a task, maybe with what it brought: by SEP-2663, and by 2025-11-25. */
export function isTaskNotification(method: unknown): boolean {
  return method === 'notifications/tasks' || method === 'notifications/tasks/status';
}
