import { z } from "zod";

const gibibyte = 2 ** 30;

export const poolConfigSchema = z.object({
  /** Whether this machine offers anything to the pool; a view-only node never does. */
  enabled: z.boolean().default(false),
  /** Cores that it offers at the most; null for half of them. */
  cores: z.number().min(0).nullable().default(null),
  /** Memory that it offers at the most, in bytes; null for a quarter of it. */
  memoryBytes: z.number().int().min(0).nullable().default(null),
  /** Storage that it offers at the most, in bytes; of what is free on the data folder's disk it leaves a tenth. */
  storageBytes: z
    .number()
    .int()
    .min(0)
    .default(10 * gibibyte),
  /** Graphics processors that it offers at the most. */
  gpus: z.number().int().min(0).default(0),
  /** Local hours in which it offers, such as `22-6`; null for all day. */
  hours: z
    .string()
    .regex(/^([01]?\d|2[0-3])-([01]?\d|2[0-4])$/, "expected hours such as 22-6")
    .nullable()
    .default(null),
  /** Load of all cores, in percent, from which on it is in use and offers nothing; null for always offering. */
  idleBelowPercent: z.number().min(1).max(100).nullable().default(null),
  /** Whether it offers while it runs on its battery. */
  onBattery: z.boolean().default(false),
  /** Temperature of the processor, in °C, from which on it offers nothing; where the platform tells none it offers. */
  pauseAboveC: z.number().default(85),
});
export type PoolConfig = z.infer<typeof poolConfigSchema>;
