import { join } from "node:path";
import type { Logger } from "pino";
import { z } from "zod";
import { timestampMsSchema } from "../../core/schema.ts";
import { readFileIfPresent, writeFileAtomically } from "../../core/store/index.ts";
import { channelSchema, channelStateSchema, kindSchema, notificationSchema } from "./api.ts";

const storedSchema = notificationSchema.omit({ sentence: true });
export type StoredNotification = z.infer<typeof storedSchema>;

const deliverySchema = z.object({
  /** The same at each attempt. */
  id: z.uuid(),
  notification: z.uuid(),
  channel: channelSchema,
  attempts: z.number().int(),
  createdAtMs: timestampMsSchema,
  dueAtMs: timestampMsSchema,
});
export type Delivery = z.infer<typeof deliverySchema>;

const memorySchema = z.object({
  version: z.literal(1),
  /** Newest first. */
  notifications: z.array(storedSchema),
  /** Causes that last, and the notification that each was told by. */
  open: z.record(z.string(), z.uuid()),
  deliveries: z.array(deliverySchema),
  channels: z.partialRecord(channelSchema, channelStateSchema.pick({ lastSentAtMs: true, failure: true })),
  /** The score as it was seen last; null before it was. */
  score: z.number().int().nullable(),
  off: z.object({ kinds: z.array(kindSchema), channels: z.array(channelSchema) }),
});
export type Memory = z.infer<typeof memorySchema>;

const emptyMemory = (): Memory => ({
  version: 1,
  notifications: [],
  open: {},
  deliveries: [],
  channels: {},
  score: null,
  off: { kinds: [], channels: [] },
});

/** What outlives a restart. */
export interface NotificationStore {
  read(): Promise<Memory>;
  /** @throws DISK_FULL, DATA_FOLDER_UNWRITABLE */
  write(memory: Memory): Promise<void>;
}

export function createNotificationStore(folder: string, log: Logger): NotificationStore {
  const path = join(folder, "notifications.json");
  return {
    async read() {
      const text = await readFileIfPresent(path);
      if (text === null) return emptyMemory();
      try {
        return memorySchema.parse(JSON.parse(text));
      } catch (error) {
        // What still holds is found and told anew.
        log.warn({ err: error, path }, "notifications.json is damaged: it starts anew");
        return emptyMemory();
      }
    },
    write: (memory) => writeFileAtomically(path, `${JSON.stringify(memory, null, 2)}\n`),
  };
}
