/** Whether a notification's parameters are a task, perhaps with its outcome: in SEP-2663 and in 2025-11-25. */
export function isTaskNotification(method: unknown): boolean {
  return method === 'notifications/tasks' || method === 'notifications/tasks/status';
}
