/*
 * Forms that go down, in a kit or a bundle: read from their files with their
 * media, tried whether they open, and kept in the coordinator's workspace too,
 * because merging needs them.
 */
#ifndef BAYAZ_CMD_DOWN_H
#define BAYAZ_CMD_DOWN_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "cmd/cmd.h"
#include "cmd/media.h"
#include "field/forms.h"
#include "trust/kit.h"
#include "trust/project.h"

struct workspace;

/* A form as it lies in its folder. */
struct down_form {
	struct str xml;
	struct form_info info;
	struct media_list media;
};
struct down_forms { VEC(struct down_form) list; };

/* Those of --form (and the arguments), with --media.  What is wrong with one is
 * printed.  ERR_REFUSED: it does not open, or the project takes none such. */
bool down_forms_load(struct down_forms *forms, const struct cmd_args *args,
	bool arguments_too, const struct trust_project *project,
	struct err *err) MUST_CHECK;
/* Into the kit, which borrows their bytes. */
void down_forms_put(const struct down_forms *forms, struct kit *kit);
/* Into the workspace, after down_forms_put(); protected ones have no place in
 * one without a passphrase (a training project's).  ERR_CONFLICT. */
bool down_forms_keep(const struct down_forms *forms, const struct kit *kit,
	struct workspace *ws, struct err *err) MUST_CHECK;
void down_forms_release(struct down_forms *forms);

#endif
