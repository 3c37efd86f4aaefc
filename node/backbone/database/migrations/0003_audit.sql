CREATE TABLE "audit_events" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"at_ms" bigint NOT NULL,
	"type" text NOT NULL,
	"actor" text,
	"subject" text,
	"details" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_subtrees" (
	"level" integer NOT NULL,
	"position" bigint NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_subtrees_level_position_pk" PRIMARY KEY("level","position")
);
--> statement-breakpoint
CREATE INDEX "audit_events_type" ON "audit_events" USING btree ("type","sequence");