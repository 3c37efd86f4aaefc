CREATE TABLE "honeypot_hits" (
	"address" text PRIMARY KEY NOT NULL,
	"hits" bigint NOT NULL,
	"last_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_outbox" (
	"id" text PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"body" text NOT NULL,
	"attempts" integer NOT NULL,
	"created_at_ms" bigint NOT NULL,
	"due_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "honeypot_hits_last" ON "honeypot_hits" USING btree ("last_at_ms");--> statement-breakpoint
CREATE INDEX "webhook_outbox_due" ON "webhook_outbox" USING btree ("due_at_ms");