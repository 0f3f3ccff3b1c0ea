#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/utf8.h"
#include "trust/kit.h"
#include "trust/kit_parts.h"

void kit_init(struct kit *kit)
{
	memset(kit, 0, sizeof *kit);
	kit->arena = arena_new();
	str_init(&kit->project_text.document);
	str_init(&kit->project_text.signature);
}

void kit_release(struct kit *kit)
{
	for (size_t i = 0; i < kit->messages.n; i++)
		trust_signed_release(&kit->messages.items[i].text);
	trust_papers_release(&kit->papers);
	trust_signed_release(&kit->project_text);
	vec_release(&kit->forms);
	vec_release(&kit->lists);
	vec_release(&kit->translations);
	vec_release(&kit->messages);
	arena_free(kit->arena);
	kit->arena = NULL;
}

void kit_add_message(struct kit *kit, enum entry_kind kind,
	const struct trust_signed *text)
{
	struct kit_message message;

	memset(&message, 0, sizeof message);
	message.kind = kind;
	str_init(&message.text.document);
	str_init(&message.text.signature);
	trust_signed_copy(&message.text, text);
	vec_push(&kit->messages, message);
}

bool kit_check_number(const struct kit *kit, int64_t newest, struct err *err)
{
	return kit->number >= newest || err_set(err, ERR_CONFLICT,
		_("this has number %lld, but this workspace has number %lld "
		  "already"), (long long)kit->number, (long long)newest);
}

/* Names that may become files of a folder. */
bool kit_is_file_name(const char *name)
{
	if (str_is_empty(name) || strlen(name) > 255 || name[0] == '.' ||
	    strchr(name, '/') != NULL || strchr(name, '\\') != NULL)
		return false;
	if (!utf8_is_valid(name, strlen(name)))
		return false;
	for (; *name != '\0'; name++)
		if ((unsigned char)*name < 0x20 || *name == 0x7f)
			return false;
	return true;
}

/* "ur", "zh_Hans", "ur@latin". */
bool kit_is_language(const char *name)
{
	size_t n = name != NULL ? strlen(name) : 0;

	return n > 0 && n <= 32 && strspn(name, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_@") == n;
}
