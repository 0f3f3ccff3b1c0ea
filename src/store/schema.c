#include "config.h"

#include "store/schema.h"

/* Kept: facts and the bytes they name.  content.id is local; everything that
 * leaves this machine names bytes by SHA-256. */
#define KEPT \
"CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)" \
" WITHOUT ROWID;" \
"CREATE TABLE content (id INTEGER PRIMARY KEY," \
" sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32)," \
" size INTEGER NOT NULL," \
" packing INTEGER NOT NULL," \
" bytes BLOB NOT NULL);" \
"CREATE TABLE content_part (content INTEGER NOT NULL REFERENCES content (id)," \
" part INTEGER NOT NULL, bytes BLOB NOT NULL," \
" PRIMARY KEY (content, part)) WITHOUT ROWID;" \
"CREATE TABLE fact (id INTEGER PRIMARY KEY," \
" kind TEXT NOT NULL," \
" content INTEGER NOT NULL UNIQUE REFERENCES content (id)," \
" signer TEXT NOT NULL," \
" signature TEXT NOT NULL);" \
"CREATE INDEX fact_kind ON fact (kind);"

/* Local: never in the dump. */
#define LOCAL \
"CREATE TABLE log (id INTEGER PRIMARY KEY, at TEXT NOT NULL," \
" kind TEXT NOT NULL, about TEXT NOT NULL, text TEXT);" \
"CREATE TABLE quarantine (sha256 BLOB PRIMARY KEY, name TEXT NOT NULL," \
" size INTEGER NOT NULL, device TEXT NOT NULL, fingerprint TEXT NOT NULL," \
" sequence INTEGER NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL)" \
" WITHOUT ROWID;"

/* Derived: a pure function of the kept tables. */
#define DERIVED \
"CREATE TABLE manifest (fact INTEGER PRIMARY KEY REFERENCES fact (id)," \
" device TEXT NOT NULL, name TEXT NOT NULL, sequence INTEGER NOT NULL," \
" previous BLOB, date TEXT NOT NULL, training INTEGER NOT NULL);" \
"CREATE INDEX manifest_device ON manifest (device, sequence);" \
"CREATE TABLE device (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL)" \
" WITHOUT ROWID;" \
"CREATE TABLE form (content INTEGER PRIMARY KEY REFERENCES content (id)," \
" id TEXT NOT NULL, version TEXT NOT NULL, title TEXT NOT NULL," \
" class TEXT NOT NULL);" \
"CREATE INDEX form_id ON form (id, version);" \
"CREATE TABLE media (form INTEGER NOT NULL REFERENCES content (id)," \
" name TEXT NOT NULL, sha256 BLOB NOT NULL," \
" PRIMARY KEY (form, name, sha256)) WITHOUT ROWID;" \
"CREATE TABLE version (id INTEGER PRIMARY KEY REFERENCES content (id)," \
" form TEXT NOT NULL, form_version TEXT NOT NULL," \
" instance TEXT NOT NULL, deprecated TEXT NOT NULL," \
" training INTEGER NOT NULL, problem TEXT NOT NULL," \
" record INTEGER, depth INTEGER, head INTEGER);" \
"CREATE INDEX version_instance ON version (instance);" \
"CREATE INDEX version_deprecated ON version (deprecated)" \
" WHERE deprecated <> '';" \
"CREATE INDEX version_record ON version (record);" \
"CREATE TABLE brought (content INTEGER NOT NULL," \
" manifest INTEGER NOT NULL, finished TEXT NOT NULL," \
" PRIMARY KEY (content, manifest)) WITHOUT ROWID;" \
"CREATE TABLE prior (version INTEGER NOT NULL, sha256 BLOB NOT NULL," \
" PRIMARY KEY (version, sha256)) WITHOUT ROWID;" \
"CREATE INDEX prior_sha256 ON prior (sha256);" \
"CREATE TABLE attachment (version INTEGER NOT NULL, name TEXT NOT NULL," \
" sha256 BLOB NOT NULL," \
" PRIMARY KEY (version, name, sha256)) WITHOUT ROWID;" \
"CREATE TABLE sealed (id INTEGER PRIMARY KEY REFERENCES content (id)," \
" kind TEXT NOT NULL, class TEXT NOT NULL);" \
"CREATE TABLE record (id INTEGER PRIMARY KEY, name TEXT NOT NULL," \
" form TEXT NOT NULL, current INTEGER NOT NULL," \
" versions INTEGER NOT NULL, heads INTEGER NOT NULL);" \
"CREATE INDEX record_name ON record (name);" \
"CREATE TABLE layout (form TEXT PRIMARY KEY, tables TEXT NOT NULL)" \
" WITHOUT ROWID;"

/* For people with an SQL prompt. */
#define VIEWS \
"CREATE VIEW bz_records AS SELECT r.name AS record, r.form AS form," \
" v.form_version AS form_version, lower(hex(c.sha256)) AS version," \
" v.instance AS instance, r.versions AS versions," \
" r.heads > 1 AS conflict, v.problem AS problem FROM record r" \
" JOIN version v ON v.id = r.current JOIN content c ON c.id = v.id;" \
"CREATE VIEW bz_versions AS SELECT r.name AS record, v.form AS form," \
" v.form_version AS form_version, lower(hex(c.sha256)) AS version," \
" v.instance AS instance, v.depth AS depth, v.head AS head," \
" v.id = r.current AS current, v.training AS training," \
" v.problem AS problem FROM version v" \
" JOIN content c ON c.id = v.id JOIN record r ON r.id = v.record;"

/* Version 2: laptops may be revoked. */
#define TRUST \
"ALTER TABLE device ADD COLUMN status TEXT NOT NULL DEFAULT 'accepted';" \
"ALTER TABLE manifest ADD COLUMN trusted INTEGER NOT NULL DEFAULT 1;" \
"ALTER TABLE manifest ADD COLUMN records INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE manifest ADD COLUMN recipient TEXT NOT NULL DEFAULT '';"

/* Version 3.  Local: which sealed files hold all facts up to one. */
#define BACKUPS \
"CREATE TABLE backup (id INTEGER PRIMARY KEY, at TEXT NOT NULL," \
" path TEXT NOT NULL, size INTEGER NOT NULL, changed INTEGER NOT NULL," \
" sha256 BLOB NOT NULL, last_fact INTEGER NOT NULL," \
" last_content INTEGER NOT NULL, lost INTEGER NOT NULL DEFAULT 0);"

/* Version 3.  Local: bundles for other stores, and up to which fact. */
#define SENT \
"CREATE TABLE sent (id INTEGER PRIMARY KEY, at TEXT NOT NULL," \
" path TEXT NOT NULL, last_fact INTEGER NOT NULL);"

/* Version 3: which contents a bundle brought. */
#define RECEIPTS \
"CREATE INDEX brought_manifest ON brought (manifest);"

/* Version 3: what was erased, and why (a word of a receipt); and, local, what
 * was looked into with the keys of protected records. */
#define ERASING \
"CREATE INDEX content_erased ON content (packing) WHERE packing = 2;" \
"CREATE TABLE refused (sha256 BLOB PRIMARY KEY, code TEXT NOT NULL)" \
" WITHOUT ROWID;" \
"CREATE TABLE looked (content INTEGER PRIMARY KEY REFERENCES content (id));"

/* Version 3: questions to laptops, and what came back. */
#define QUERIES \
"CREATE TABLE query (fact INTEGER PRIMARY KEY REFERENCES fact (id)," \
" sha256 BLOB NOT NULL UNIQUE, record TEXT NOT NULL," \
" question TEXT NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL," \
" asked TEXT NOT NULL);" \
"CREATE TABLE asked (device TEXT NOT NULL," \
" query INTEGER NOT NULL REFERENCES query (fact)," \
" PRIMARY KEY (device, query)) WITHOUT ROWID;" \
"CREATE TABLE closed (sha256 BLOB NOT NULL," \
" fact INTEGER NOT NULL REFERENCES fact (id)," \
" PRIMARY KEY (sha256, fact)) WITHOUT ROWID;" \
"CREATE TABLE answer (query BLOB NOT NULL," \
" content INTEGER NOT NULL REFERENCES content (id)," \
" manifest INTEGER NOT NULL REFERENCES fact (id), text TEXT NOT NULL," \
" code TEXT NOT NULL, answered TEXT NOT NULL," \
" PRIMARY KEY (query, content, manifest)) WITHOUT ROWID;"

/* Version 3: what people say about records, and what follows from it.  What is
 * derived is derived anew once ("stale"). */
#define STATEMENTS \
"CREATE TABLE statement (fact INTEGER PRIMARY KEY REFERENCES fact (id)," \
" kind TEXT NOT NULL, subject TEXT NOT NULL, value TEXT NOT NULL," \
" remark TEXT NOT NULL, force INTEGER NOT NULL);" \
"CREATE INDEX statement_subject ON statement (kind, subject);" \
"CREATE TABLE named (sha256 BLOB NOT NULL," \
" fact INTEGER NOT NULL REFERENCES statement (fact)," \
" PRIMARY KEY (sha256, fact)) WITHOUT ROWID;" \
"CREATE INDEX named_fact ON named (fact);" \
"CREATE TABLE replaced (sha256 BLOB NOT NULL, kind TEXT NOT NULL," \
" fact INTEGER NOT NULL REFERENCES fact (id)," \
" PRIMARY KEY (sha256, kind, fact)) WITHOUT ROWID;" \
"ALTER TABLE version ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE record ADD COLUMN base INTEGER;" \
"ALTER TABLE record ADD COLUMN hidden TEXT NOT NULL DEFAULT '';" \
"ALTER TABLE record ADD COLUMN conflict INTEGER NOT NULL DEFAULT 0;" \
"ALTER TABLE record ADD COLUMN review TEXT NOT NULL DEFAULT 'received';" \
"CREATE INDEX media_sha256 ON media (sha256);" \
"CREATE INDEX record_conflict ON record (form) WHERE conflict;" \
"CREATE INDEX record_joined ON record (form) WHERE heads > 1;" \
"CREATE INDEX record_review ON record (review) WHERE review <> 'received';" \
"CREATE TABLE joined (record INTEGER PRIMARY KEY REFERENCES record (id)," \
" bytes BLOB NOT NULL);" \
"CREATE TABLE conflict (record INTEGER NOT NULL REFERENCES record (id)," \
" path TEXT NOT NULL, why TEXT NOT NULL," \
" PRIMARY KEY (record, path)) WITHOUT ROWID;" \
"DROP VIEW bz_records; DROP VIEW bz_versions;" \
"CREATE VIEW bz_records AS SELECT r.name AS record, r.form AS form," \
" v.form_version AS form_version, lower(hex(c.sha256)) AS version," \
" v.instance AS instance, r.versions AS versions," \
" r.conflict AS conflict, r.review AS review, r.hidden AS hidden," \
" v.problem AS problem FROM record r" \
" JOIN version v ON v.id = r.current JOIN content c ON c.id = v.id;" \
"CREATE VIEW bz_versions AS SELECT r.name AS record, v.form AS form," \
" v.form_version AS form_version, lower(hex(c.sha256)) AS version," \
" v.instance AS instance, v.depth AS depth, v.head AS head," \
" v.id = r.current AS current, v.deleted AS deleted," \
" v.training AS training, v.problem AS problem FROM version v" \
" JOIN content c ON c.id = v.id JOIN record r ON r.id = v.record;" \
"INSERT INTO meta (name, value) VALUES ('stale', '3');"

/* For people with an SQL prompt: what columns ask and choices mean.  The view
 * names of label_view are given by labels.c. */
#define CODEBOOK \
"CREATE TABLE bz_codebook (table_name TEXT NOT NULL," \
" column_name TEXT NOT NULL, form TEXT NOT NULL, repeat TEXT NOT NULL," \
" position INTEGER NOT NULL, type TEXT NOT NULL," \
" sensitivity TEXT NOT NULL," \
" PRIMARY KEY (table_name, column_name)) WITHOUT ROWID;" \
"CREATE TABLE bz_codebook_label (table_name TEXT NOT NULL," \
" column_name TEXT NOT NULL, language TEXT NOT NULL, label TEXT," \
" hint TEXT," \
" PRIMARY KEY (table_name, column_name, language)) WITHOUT ROWID;" \
"CREATE TABLE bz_codebook_choice (table_name TEXT NOT NULL," \
" column_name TEXT NOT NULL, language TEXT NOT NULL, value TEXT NOT NULL," \
" position INTEGER NOT NULL, label TEXT," \
" PRIMARY KEY (table_name, column_name, language, value)) WITHOUT ROWID;" \
"CREATE TABLE bz_codebook_path (table_name TEXT NOT NULL," \
" column_name TEXT NOT NULL, form_version TEXT NOT NULL," \
" path TEXT NOT NULL," \
" PRIMARY KEY (table_name, column_name, form_version, path)) WITHOUT ROWID;" \
"CREATE TABLE label_view (name TEXT PRIMARY KEY) WITHOUT ROWID;"

/* Version 3: what the rules of the coordinators found (rules.h). */
#define FINDINGS \
"CREATE TABLE finding (form TEXT NOT NULL, rule TEXT NOT NULL," \
" record INTEGER NOT NULL, part TEXT NOT NULL, value TEXT NOT NULL," \
" PRIMARY KEY (form, rule, record, part)) WITHOUT ROWID;" \
"CREATE INDEX finding_record ON finding (record) WHERE record <> 0;" \
"CREATE TABLE likeness (form TEXT NOT NULL, rule TEXT NOT NULL," \
" key BLOB NOT NULL, record INTEGER NOT NULL," \
" PRIMARY KEY (form, rule, key, record)) WITHOUT ROWID;" \
"CREATE INDEX likeness_record ON likeness (record);" \
"CREATE VIEW bz_findings AS SELECT f.form AS form, f.rule AS rule," \
" r.name AS record, f.part AS part, f.value AS value," \
" r.review IS NULL OR r.review IN ('received', 'has-issues') AS open" \
" FROM finding f LEFT JOIN record r ON r.id = f.record;"

/* What a merge tells without counting.  total: rows of version and record.  A
 * version stands in no record until its place is found: not in the index. */
#define TOTALS \
"CREATE TABLE total (name TEXT PRIMARY KEY, n INTEGER NOT NULL)" \
" WITHOUT ROWID;" \
"INSERT INTO total (name, n) VALUES ('version', 0), ('record', 0);" \
"CREATE INDEX version_edit ON version (depth) WHERE depth > 1;" \
"CREATE INDEX version_problem ON version (problem) WHERE problem <> '';" \
"DROP INDEX version_record;" \
"CREATE INDEX version_record ON version (record) WHERE record IS NOT NULL;"

const char *const store_steps[] = {
	KEPT LOCAL DERIVED VIEWS,
	TRUST,
	BACKUPS SENT RECEIPTS ERASING QUERIES
	STATEMENTS CODEBOOK FINDINGS TOTALS
};
const int store_n_steps = (int)(sizeof store_steps / sizeof store_steps[0]);

const char store_clear_derived[] =
	"DELETE FROM manifest; DELETE FROM device; DELETE FROM form;"
	"DELETE FROM media; DELETE FROM version; DELETE FROM brought;"
	"DELETE FROM prior; DELETE FROM attachment; DELETE FROM sealed;"
	"DELETE FROM named; DELETE FROM replaced; DELETE FROM statement;"
	"DELETE FROM joined; DELETE FROM conflict; DELETE FROM refused;"
	"DELETE FROM asked; DELETE FROM query; DELETE FROM closed;"
	"DELETE FROM answer; DELETE FROM finding; DELETE FROM likeness;"
	"DELETE FROM record; UPDATE total SET n = 0;";
