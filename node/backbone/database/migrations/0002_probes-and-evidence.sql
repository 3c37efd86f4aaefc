CREATE TABLE "evidence" (
	"epoch" bigint NOT NULL,
	"root" text NOT NULL,
	"content" text NOT NULL,
	"published" boolean DEFAULT false NOT NULL,
	CONSTRAINT "evidence_epoch_root_pk" PRIMARY KEY("epoch","root")
);
--> statement-breakpoint
CREATE TABLE "probes" (
	"nonce" text PRIMARY KEY NOT NULL,
	"prober" text NOT NULL,
	"node" text NOT NULL,
	"epoch" bigint NOT NULL,
	"latency_ms" integer,
	"ml_dsa_key_hash" text,
	"signature" text
);
--> statement-breakpoint
CREATE INDEX "probes_epoch" ON "probes" USING btree ("epoch","prober");