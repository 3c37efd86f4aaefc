CREATE TABLE "used_refresh_tokens" (
	"family" uuid NOT NULL,
	"hash" text NOT NULL,
	"used_at_ms" bigint NOT NULL,
	CONSTRAINT "used_refresh_tokens_family_hash_pk" PRIMARY KEY("family","hash")
);
--> statement-breakpoint
CREATE INDEX "used_refresh_tokens_at" ON "used_refresh_tokens" USING btree ("used_at_ms");