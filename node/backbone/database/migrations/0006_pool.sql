CREATE TABLE "devices" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "devices_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"peer_id" text NOT NULL,
	"device_id" uuid NOT NULL,
	"region" text NOT NULL,
	"platform" text NOT NULL,
	"capabilities" jsonb NOT NULL,
	"registered_at_ms" bigint NOT NULL,
	"family" uuid,
	"refresh_hash" text,
	"previous_hash" text,
	"rotated_at_ms" bigint,
	"refresh_expires_at_ms" bigint,
	"online" boolean DEFAULT false NOT NULL,
	"instance" uuid,
	"last_seen_ms" bigint NOT NULL,
	"offered_cores" double precision DEFAULT 0 NOT NULL,
	"offered_memory_bytes" bigint DEFAULT 0 NOT NULL,
	"offered_storage_bytes" bigint DEFAULT 0 NOT NULL,
	"offered_gpus" integer DEFAULT 0 NOT NULL,
	"used_memory_bytes" bigint DEFAULT 0 NOT NULL,
	"used_storage_bytes" bigint DEFAULT 0 NOT NULL,
	"load_percent" double precision DEFAULT 0 NOT NULL,
	"temperature_c" double precision,
	"uptime_s" double precision DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pool_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "pool_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at_ms" bigint NOT NULL,
	"event" jsonb,
	"device" bigint
);
--> statement-breakpoint
CREATE UNIQUE INDEX "devices_peer_device" ON "devices" USING btree ("peer_id","device_id");--> statement-breakpoint
CREATE UNIQUE INDEX "devices_family" ON "devices" USING btree ("family");--> statement-breakpoint
CREATE INDEX "devices_online" ON "devices" USING btree ("id") WHERE online;--> statement-breakpoint
CREATE INDEX "pool_events_at" ON "pool_events" USING btree ("at_ms");