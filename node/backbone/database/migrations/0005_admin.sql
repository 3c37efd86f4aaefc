CREATE TABLE "admin_attempts" (
	"key" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"last_at_ms" bigint NOT NULL,
	"locked_until_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "admin_recovery_codes" (
	"account" text NOT NULL,
	"code_hash" text NOT NULL,
	CONSTRAINT "admin_recovery_codes_account_code_hash_pk" PRIMARY KEY("account","code_hash")
);
--> statement-breakpoint
CREATE TABLE "admin_second_factors" (
	"account" text PRIMARY KEY NOT NULL,
	"secret" text,
	"pending_secret" text,
	"last_step" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "admin_sessions" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"account" text NOT NULL,
	"claims" jsonb NOT NULL,
	"csrf_token" text NOT NULL,
	"second_factor_at_ms" bigint,
	"created_at_ms" bigint NOT NULL,
	"used_at_ms" bigint NOT NULL,
	"address" text NOT NULL,
	"user_agent" text NOT NULL,
	CONSTRAINT "admin_sessions_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "admin_sign_ins" (
	"cookie_hash" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"nonce" text NOT NULL,
	"code_verifier" text NOT NULL,
	"expires_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "admin_sessions_created_at" ON "admin_sessions" USING btree ("created_at_ms");