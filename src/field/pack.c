#include "config.h"

#include "field/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "bundle/write.h"
#include "field/packing.h"

/* --- the manifest --- */

static void fill_manifest(struct packer *p)
{
	struct manifest *m = &p->manifest;
	struct age_recipient recipient;
	char text[AGE_RECIPIENT_TEXT];
	size_t n_behind = p->damaged.n + p->refused.n;

	m->kind = "up";
	m->project = p->project.id;
	m->device_name = p->device.name[0] != '\0' ? p->device.name : NULL;
	age_identity_recipient(&p->device.identity, &recipient);
	age_recipient_format(&recipient, text);
	m->device_recipient = arena_strdup(m->arena, text);
	m->sequence = (int64_t)p->plan.sequence;
	m->date = p->plan.date;
	m->previous = p->chain.manifest[0] != '\0' ? p->chain.manifest : NULL;
	m->training = p->project.training;
	m->has_head = true;
	m->n_packed = (int64_t)(p->plan.written ? p->plan.n_packed :
		p->chain.n_packed + p->n_new);
	m->n_left = (int64_t)(p->plan.written ? p->plan.n_left :
		p->n_waiting + n_behind + p->result->n_too_large);
}

/* --- the file --- */

static void show_progress(void *context, uint64_t n_in, uint64_t n_out)
{
	struct packer *p = context;

	p->n_in = n_in;
	p->n_out = n_out;
	if (p->options->progress != NULL)
		p->options->progress(p->options->context, n_in, p->all_bytes);
}

/* While a statement is open, reading takes no locks of its own: of small
 * records that is a good part of the work. */
static void hold_reading(struct packer *p)
{
	p->hold = db_prepare(p->ws->db, "SELECT name FROM meta", NULL);
	if (p->hold != NULL && db_step(p->hold, NULL) != DB_ROW)
		db_reset(p->hold);
}

static void let_go(struct packer *p)
{
	if (p->hold != NULL)
		db_reset(p->hold);
	p->hold = NULL;
}

static bool before_name(void *context, struct err *err)
{
	let_go(context);
	return plan_written(context, err);
}

static bool write_file(struct packer *p, const char *path, struct err *err)
{
	struct age_recipient recipients[2];
	const struct age_to age = {
		.recipients = recipients, .n_recipients = 2,
	};
	const struct bundle_to to = {
		.age = p->options->plain ? NULL : &age,
		.signer = &p->device.key,
		.progress = show_progress, .before_name = before_name,
		.context = p,
	};
	struct bundle_source *sources = xcalloc(p->parts.n + 1,
		sizeof *sources);
	bool ok;

	trust_project_recipients(&p->project, TRUST_STANDARD, recipients);
	for (size_t i = 0; i < p->parts.n; i++)
		contents_source(p, i, &sources[i]);
	hold_reading(p);
	ok = bundle_write(path, &p->manifest, sources, &to,
		p->result->manifest, err);
	let_go(p);
	free(sources);
	return ok;
}

/* What gzip, age and the file hold back before it is written. */
enum { HELD_BYTES = 3 * (64 << 10) };

/* By what the part that was read has shrunk to. */
static uint64_t needed_bytes(const struct packer *p)
{
	double shrunk = p->n_in > 0 ?
		(double)(p->n_out + HELD_BYTES) / (double)p->n_in : 1.0;

	return (uint64_t)((double)p->all_bytes * (shrunk < 1.0 ? shrunk : 1.0)) +
		(64 << 10);
}

/* A full disk is told with what is needed and what there is. */
static bool say_full(struct packer *p, const char *path, struct err *err)
{
	uint64_t needed = needed_bytes(p);
	char *need, *have;
	struct disk disk;

	disk_look(path, &disk);
	if (err == NULL || err->code != ERR_IO || disk.free_bytes >= needed)
		return false;
	need = disk_size_text(needed);
	have = disk_size_text(disk.free_bytes);
	err_set(err, ERR_IO, _("there is no room for '%1$s': about %2$s are "
		"needed, and %3$s are free"), path, need, have);
	free(need);
	free(have);
	return false;
}

static bool write_contents(struct packer *p, const char *path,
	struct err *err)
{
	const struct pack_result *r = p->result;

	if (r->n_records + r->n_sealed + r->n_deletions + r->n_answers == 0)
		return err_set(err, ERR_CRYPTO,
			_("none of the records that are ready can be read"));
	fill_manifest(p);
	return write_file(p, path, err) || say_full(p, path, err);
}

/* Bytes are read once, while they are written.  If some turn out damaged, all
 * are looked at, and the bundle is written anew without them. */
static bool write_bundle(struct packer *p, const char *path, struct err *err)
{
	if (write_contents(p, path, err))
		return true;
	if (!p->part_failed || err == NULL ||
			(err->code != ERR_CRYPTO && err->code != ERR_CONFLICT))
		return false;
	err_clear(err);
	contents_check(p);
	return contents_again(p, err) && write_contents(p, path, err);
}

/* --- what is said --- */

static void warn(struct packer *p, enum severity severity, enum err_code code,
	const char *format, int64_t record)
{
	char text[17];

	record_id_text(record, text);
	problem_add(p->warnings, severity, code, NULL, 0, 0, NULL, NULL,
		format, text);
}

static void tell(struct packer *p)
{
	for (size_t i = 0; i < p->missing.n; i++)
		warn(p, SEVERITY_WARNING, ERR_RESOURCE,
			_("record %s: a file that it names is missing"),
			p->missing.items[i]);
	for (size_t i = 0; i < p->refused.n; i++)
		warn(p, SEVERITY_ERROR, ERR_VALUE, _("record %s stays behind: "
			"the names of its form or files fit no bundle"),
			p->refused.items[i]);
	for (size_t i = 0; i < p->damaged.n; i++) {
		if (!plan_has(&p->plan, p->damaged.items[i]))
			continue;	/* a file: those who miss it are named */
		p->result->n_damaged++;
		warn(p, SEVERITY_ERROR, ERR_CRYPTO,
			_("record %s is damaged and stays behind"),
			p->damaged.items[i]);
	}
	p->result->n_damaged += p->refused.n;
	p->result->n_left = p->n_waiting;
	p->result->sequence = p->plan.sequence;
}

/* --- all of it --- */

/* Nothing that was sent before is overwritten, except what an interrupted
 * packing left under the same name. */
static bool may_write(const struct packer *p, const char *path,
	struct err *err)
{
	const char *base = path_base(path);
	bool same = p->result->resumed && p->plan.path != NULL &&
		strcmp(path_base(p->plan.path), base) == 0;

	if (!disk_can_name(&p->disk, base))
		return err_set(err, ERR_VALUE, _("the disk cannot hold a file "
			"with the name '%s'"), base);
	if (same || !file_exists(path))
		return true;
	return err_set(err, ERR_CONFLICT, _("'%s' exists already"), path);
}

static bool load_keys(struct packer *p, struct err *err)
{
	struct str text = STR_INIT;
	bool ok = field_project(p->ws, &p->project, err) &&
		workspace_get_secret(p->ws, WORKSPACE_DEVICE, &text, err) &&
		trust_device_parse(text.data, text.len, &p->device, err);

	str_wipe(&text);
	return ok;
}

static bool pack(struct packer *p, const char *path, struct err *err)
{
	disk_look(path, &p->disk);
	if (!load_keys(p, err) || !plan_make(p, path, err))
		return false;
	if (!may_write(p, path, err))
		vec_release(&p->missing);	/* of no interest then */
	else if (write_bundle(p, path, err))
		return plan_confirm(p, err);
	plan_drop(p);
	return false;
}

/* Two at once would undo each other's plans. */
static int lock(const struct workspace *ws)
{
	int fd = open(workspace_folder(ws), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 &&
			errno == EWOULDBLOCK) {
		close(fd);
		return -2;
	}
	return fd;
}

bool pack_is_running(const struct workspace *ws)
{
	int fd = lock(ws);

	if (fd >= 0)
		close(fd);
	return fd == -2;
}

static void release(struct packer *p)
{
	contents_release(p);
	vec_release(&p->damaged);
	vec_release(&p->refused);
	str_wipe(&p->cache);
	trust_device_wipe(&p->device);
	plan_release(&p->plan);
}

bool pack_ready(struct workspace *ws, const char *path,
	const struct pack_options *options, struct pack_result *result,
	struct problems *warnings, struct err *err)
{
	struct packer p = {
		.ws = ws, .options = options, .result = result,
		.warnings = warnings,
	};
	int fd = lock(ws);
	bool ok;

	memset(result, 0, sizeof *result);
	if (fd == -2)
		return err_set(err, ERR_CONFLICT, _("another program is packing "
			"this workspace: try again when it has finished"));
	map_init(&p.forms);
	map_init(&p.files);
	str_init(&p.cache);
	manifest_init(&p.manifest);
	ok = pack(&p, path, err);
	tell(&p);
	release(&p);
	if (fd >= 0)
		close(fd);
	return ok;
}

char *pack_new_name(struct workspace *ws, const char *folder, bool plain,
	int64_t now)
{
	time_t time = (time_t)(now != 0 ? now : field_now(ws));
	char day[16], *path = NULL;
	struct tm tm;

	path = plan_pending(ws, folder);
	if (path != NULL)
		return path;
	gmtime_r(&time, &tm);
	strftime(day, sizeof day, "%Y%m%d", &tm);
	do {
		char *name = str_format("%s-%04x%s", day,
			(unsigned)crypt_random_below(1 << 16),
			plain ? ".tar.gz" : ".bayaz");

		free(path);
		path = path_join(folder, name);
		free(name);
	} while (file_exists(path));
	return path;
}
