#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "trust/papers.h"
#include "trust/want.h"

static void release_list(struct trust_paper *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		trust_signed_release(&items[i].text);
}

void trust_papers_release(struct trust_papers *papers)
{
	release_list(papers->certs.items, papers->certs.n);
	release_list(papers->withdrawals.items, papers->withdrawals.n);
	vec_release(&papers->certs);
	vec_release(&papers->withdrawals);
}

/* ---- adding ---- */

static bool is_there(const struct trust_paper *items, size_t n,
	const struct trust_signed *paper)
{
	for (size_t i = 0; i < n; i++)
		if (items[i].text.document.len == paper->document.len &&
		    memcmp(items[i].text.document.data, paper->document.data,
			paper->document.len) == 0)
			return true;
	return false;
}

static bool too_many(struct err *err)
{
	return err_set(err, ERR_LIMIT,
		_("there are too many certificates"));
}

static void copy_paper(struct trust_paper *to,
	const struct trust_signed *paper)
{
	str_init(&to->text.document);
	str_init(&to->text.signature);
	trust_signed_copy(&to->text, paper);
}

static bool add_cert(struct trust_papers *papers,
	const struct trust_signed *text, const struct trust_project *project,
	struct err *err)
{
	struct trust_paper paper;

	memset(&paper, 0, sizeof paper);
	if (!trust_cert_check(text, project, &paper.cert, err))
		return false;
	if (is_there(papers->certs.items, papers->certs.n, text))
		return true;
	if (papers->certs.n >= PAPERS_MAX)
		return too_many(err);
	paper.key = paper.cert.key;
	copy_paper(&paper, text);
	vec_push(&papers->certs, paper);
	return true;
}

static bool add_withdrawal(struct trust_papers *papers,
	const struct trust_signed *text, const struct json *fact,
	const struct trust_project *project, struct err *err)
{
	char id[TRUST_ID_BYTES];
	struct trust_paper paper;

	memset(&paper, 0, sizeof paper);
	if (!want_id(fact, "project", id, err) ||
	    !want_key(fact, "key", &paper.key, err) ||
	    !trust_signed_check(text, &project->key, err))
		return false;
	if (strcmp(id, project->id) != 0)
		return err_set(err, ERR_CONFLICT,
			_("a statement about a certificate is of another "
			  "project"));
	if (is_there(papers->withdrawals.items, papers->withdrawals.n, text))
		return true;
	if (papers->withdrawals.n >= PAPERS_MAX)
		return too_many(err);
	copy_paper(&paper, text);
	vec_push(&papers->withdrawals, paper);
	return true;
}

bool trust_papers_add(struct trust_papers *papers,
	const struct trust_signed *paper, const struct trust_project *project,
	struct err *err)
{
	struct json *object = want_object(paper->document.data,
		paper->document.len, err);
	const char *fact;
	bool ok;

	if (object == NULL)
		return false;
	fact = js_get_text(object, "fact");
	if (fact == NULL)
		ok = add_cert(papers, paper, project, err);
	else if (strcmp(fact, WITHDRAWAL_FACT) == 0)
		ok = add_withdrawal(papers, paper, object, project, err);
	else
		ok = want_failed("fact", err);
	js_free(object);
	return ok;
}

static bool add_each(struct trust_papers *papers,
	const struct trust_paper *items, size_t n,
	const struct trust_project *project, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!trust_papers_add(papers, &items[i].text, project, err))
			return false;
	return true;
}

bool trust_papers_add_all(struct trust_papers *papers,
	const struct trust_papers *others, const struct trust_project *project,
	struct err *err)
{
	return add_each(papers, others->certs.items, others->certs.n, project,
			err) &&
		add_each(papers, others->withdrawals.items,
			others->withdrawals.n, project, err);
}

/* ---- as one text ---- */

void trust_papers_print(const struct trust_papers *papers, struct str *out)
{
	for (size_t i = 0; i < papers->certs.n; i++)
		trust_signed_join(&papers->certs.items[i].text, out);
	for (size_t i = 0; i < papers->withdrawals.n; i++)
		trust_signed_join(&papers->withdrawals.items[i].text, out);
}

/* A document is one line, its signature four. */
static size_t one_paper(const char *bytes, size_t n_bytes)
{
	size_t at = 0;

	for (int line = 0; line < 5; line++) {
		const char *end = memchr(bytes + at, '\n', n_bytes - at);

		if (end == NULL)
			return n_bytes;
		at = (size_t)(end - bytes) + 1;
	}
	return at;
}

bool trust_papers_parse(struct trust_papers *papers, const char *bytes,
	size_t n_bytes, const struct trust_project *project, struct err *err)
{
	struct trust_signed paper = TRUST_SIGNED_INIT;
	bool ok = true;

	while (ok && n_bytes > 0) {
		size_t n = one_paper(bytes, n_bytes);

		ok = trust_signed_split(&paper, bytes, n, err) &&
			trust_papers_add(papers, &paper, project, err);
		bytes += n;
		n_bytes -= n;
	}
	trust_signed_release(&paper);
	return ok;
}

/* ---- asking ---- */

bool trust_papers_is_withdrawn(const struct trust_papers *papers,
	const struct minisign_public *key)
{
	for (size_t i = 0; i < papers->withdrawals.n; i++)
		if (minisign_public_same(&papers->withdrawals.items[i].key,
		    key))
			return true;
	return false;
}

bool trust_papers_may(const struct trust_papers *papers,
	const struct trust_project *project,
	const struct minisign_public *key, enum trust_role role)
{
	if (trust_may(project, NULL, 0, key, role))
		return true;
	if (trust_papers_is_withdrawn(papers, key))
		return false;
	for (size_t i = 0; i < papers->certs.n; i++)
		if (trust_may(project, &papers->certs.items[i].cert, 1, key,
		    role))
			return true;
	return false;
}

bool trust_papers_signer(const struct trust_papers *papers,
	const struct trust_project *project,
	const struct trust_signed *document, enum trust_role role,
	struct minisign_public *key, struct err *err)
{
	if (trust_signed_check(document, &project->key, NULL)) {
		*key = project->key;
		return true;
	}
	for (size_t i = 0; i < papers->certs.n; i++) {
		*key = papers->certs.items[i].key;
		if (trust_papers_may(papers, project, key, role) &&
		    trust_signed_check(document, key, NULL))
			return true;
	}
	return err_set(err, ERR_CRYPTO,
		_("a document is signed by nobody who may act as '%s'"),
		trust_role_name(role));
}
