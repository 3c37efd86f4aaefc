export { notificationsConfigSchema } from "./config.ts";
export { createNotificationStore } from "./memory.ts";
export { createNotifications, type Notifications } from "./notifications.ts";
