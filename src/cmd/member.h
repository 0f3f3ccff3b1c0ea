/*
 * What a workspace holds as a member of a project, as structs: the project,
 * a coordinator's secrets, the device.  Between field/workspace.h, which keeps
 * sealed bytes by name, and trust/, which knows their meaning.
 */
#ifndef BAYAZ_CMD_MEMBER_H
#define BAYAZ_CMD_MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "trust/device.h"
#include "trust/papers.h"
#include "trust/project.h"

struct workspace;

/* Names of secrets beside those of workspace.h. */
#define MEMBER_CERT "certificate"	/* of this coordinator's store key */
#define MEMBER_KIT_MADE "kit-made"	/* number of the newest kit made */

/* ERR_NOTFOUND when there is none, in words for people. */
bool member_project(struct workspace *ws, struct trust_project *project,
	struct err *err) MUST_CHECK;
/* ERR_NOTFOUND: not a coordinator's workspace.  trust_secrets_wipe(). */
bool member_secrets(struct workspace *ws, struct trust_secrets *secrets,
	struct err *err) MUST_CHECK;
/* trust_device_wipe(). */
bool member_device(struct workspace *ws, struct trust_device *device,
	struct err *err) MUST_CHECK;

/* Every identity of the workspace that may open a bundle: those of a
 * coordinator, and the device's own.  Returns how many (0 is no error);
 * age_identity_wipe() them. */
enum { MEMBER_IDENTITIES_MAX = TRUST_IDENTITIES_MAX + 1 };
bool member_identities(struct workspace *ws,
	struct age_identity identities[MEMBER_IDENTITIES_MAX], size_t *n,
	struct err *err) MUST_CHECK;

/* All certificates and withdrawals that this workspace knows, its own among
 * them; trust_papers_release() them, whatever came out. */
bool member_papers(struct workspace *ws, const struct trust_project *project,
	struct trust_papers *papers, struct err *err) MUST_CHECK;
bool member_put_papers(struct workspace *ws,
	const struct trust_papers *papers, struct err *err) MUST_CHECK;

/* Texts and numbers by name; a number that is not there is 0. */
bool member_get_signed(struct workspace *ws, const char *name,
	struct trust_signed *signed_, struct err *err) MUST_CHECK;
bool member_put_signed(struct workspace *ws, const char *name,
	const struct trust_signed *signed_, struct err *err) MUST_CHECK;
bool member_number(struct workspace *ws, const char *name, int64_t *number,
	struct err *err) MUST_CHECK;
bool member_set_number(struct workspace *ws, const char *name, int64_t number,
	struct err *err) MUST_CHECK;

bool member_put_secrets(struct workspace *ws,
	const struct trust_secrets *secrets, struct err *err) MUST_CHECK;
bool member_put_device(struct workspace *ws,
	const struct trust_device *device, struct err *err) MUST_CHECK;

/* Today on this machine's clock, YYYY-MM-DD. */
void member_today(char date[TRUST_DATE_BYTES]);

#endif
