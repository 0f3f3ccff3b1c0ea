/* What leaves the workspace's own keys: protected records, sealed to the
 * project. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "bundle/sealed.h"
#include "field/local.h"
#include "trust/project.h"

static bool set_name(struct sealed_part *part, const char *name,
	struct err *err)
{
	size_t n = strlen(name);

	if (n >= sizeof part->name || strchr(name, '/') != NULL)
		return err_set(err, ERR_LIMIT, _("an attachment has a name that "
			"is too long or holds a '/'"));
	memcpy(part->name, name, n + 1);
	return true;
}

/* The attachments' bytes are in `texts`, one each. */
static bool read_parts(struct record *record, struct sealed_part *parts,
	size_t *n_parts, struct str *texts, struct err *err)
{
	const struct record_head *head = &record->head;

	for (size_t i = 0; i < head->n_attachments; i++) {
		const struct record_attachment *from = &head->attachments[i];
		struct sealed_part *part = &parts[*n_parts];

		if (from->file == 0)
			continue;
		if (!set_name(part, from->name, err) ||
				!files_read(record->ws, from->file, MAX_BODY,
					&texts[i], err))
			return false;
		part->bytes = texts[i].data;
		part->n_bytes = texts[i].len;
		++*n_parts;
	}
	return true;
}

static bool seal_parts(struct record *record, const struct sealed_part *parts,
	size_t n_parts, struct str *out, struct err *err)
{
	struct age_recipient recipients[2];
	struct age_to to = { .recipients = recipients, .n_recipients = 2 };
	struct trust_project project;
	char sha256[SHA256_HEX_BYTES];

	if (!field_project(record->ws, &project, err))
		return false;
	trust_project_recipients(&project, TRUST_PROTECTED, recipients);
	return sealed_make(parts, n_parts, &to, out, sha256, err);
}

bool record_seal_final(struct record *record,
	const struct record_final *final, struct str *out, struct err *err)
{
	size_t n = record->head.n_attachments, n_parts = 1;
	struct sealed_part *parts = xcalloc(n + 1, sizeof *parts);
	struct str *texts = xcalloc(n + 1, sizeof *texts);
	bool ok;

	for (size_t i = 0; i <= n; i++)
		str_init(&texts[i]);
	ok = set_name(&parts[0], SEALED_RECORD, err);
	parts[0].bytes = final->xml;
	parts[0].n_bytes = final->n_bytes;
	ok = ok && read_parts(record, parts, &n_parts, texts, err) &&
		seal_parts(record, parts, n_parts, out, err);
	for (size_t i = 0; i <= n; i++)
		str_wipe(&texts[i]);
	free(texts);
	free(parts);
	return ok;
}
