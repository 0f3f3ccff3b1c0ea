/*
 * Reading a form: what is done in which order, and what all the parts share:
 * problems with their place, attributes, expressions.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "xform/loader.h"
#include "xform/table.h"

/* --- problems --- */

static bool add_problem(struct loader *l, enum severity severity,
	const struct xml_node *element, const struct xml_node *attribute,
	const char *format, va_list arguments)
{
	struct err err = ERR_INIT;
	char name[160];
	int line = 0, column = 0;

	err_vset(&err, ERR_SPEC, format, arguments);
	if (element != NULL) {
		if (attribute != NULL)
			snprintf(name, sizeof name, "%s%s%s", attribute->prefix,
				attribute->prefix[0] != '\0' ? ":" : "",
				attribute->local);
		xml_place(l->form->doc, element,
			attribute != NULL ? name : NULL, 0, &line, &column);
	}
	err_at(&err, l->form->name, line, column);
	return problem_add_err(l->problems, severity, &err, NULL,
		attribute != NULL ? attribute->text : NULL);
}

bool load_error(struct loader *l, const struct xml_node *element,
	const struct xml_node *attribute, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_problem(l, SEVERITY_ERROR, element, attribute, format, arguments);
	va_end(arguments);
	return false;
}

bool load_warning(struct loader *l, const struct xml_node *element,
	const struct xml_node *attribute, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_problem(l, SEVERITY_WARNING, element, attribute, format, arguments);
	va_end(arguments);
	return false;
}

/* --- attributes --- */

const struct xml_node *load_attribute(const struct xml_node *element,
	const char *local)
{
	const struct xml_node *found = NULL;

	for (const struct xml_node *a = element->attributes; a != NULL;
			a = a->next) {
		if (a->local[0] != local[0] || strcmp(a->local, local) != 0)
			continue;
		if (a->ns[0] == '\0')
			return a;
		if (found == NULL)
			found = a;
	}
	return found;
}

const char *load_attribute_text(const struct xml_node *element,
	const char *local)
{
	const struct xml_node *a = load_attribute(element, local);

	return a != NULL ? a->text : NULL;
}

const struct xml_node *load_attribute_ns(const struct xml_node *element,
	const char *ns, const char *local)
{
	const struct xml_node *a;

	for (a = element->attributes; a != NULL; a = a->next)
		if (a->local[0] == local[0] && strcmp(a->local, local) == 0 &&
				strcmp(a->ns, ns) == 0)
			return a;
	return NULL;
}

/* --- expressions --- */

/* Prefixes that forms use without declaring them. */
const char *xf_usual_uri(const char *prefix)
{
	static const struct { const char *prefix, *uri; } usual[] = {
		{ "jr", NS_JAVAROSA }, { "orx", NS_OPENROSA },
		{ "odk", NS_ODK }, { "entities", NS_ENTITIES },
		{ "h", NS_XHTML }, { "xf", NS_XFORMS }, { "", "" },
	};

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (strcmp(usual[i].prefix, prefix) == 0)
			return usual[i].uri;
	return NULL;
}

static const char *uri_of_prefix(const void *data, const char *prefix)
{
	const char *uri = xml_prefix_uri(data, prefix, strlen(prefix));

	if (uri == NULL)
		uri = xf_usual_uri(prefix);
	/* JavaRosa finds nothing under a name with it, and goes on. */
	return uri != NULL ? uri : intern("urn:undeclared-prefix");
}

/* Bytes before the character in that column (from 1) of `text`. */
static size_t bytes_before(const char *text, int column)
{
	const char *at = text;

	while (column > 1 && *at != '\0') {
		at++;
		while (((unsigned char)*at & 0xc0) == 0x80)
			at++;
		column--;
	}
	return (size_t)(at - text);
}

static void place_in(struct loader *l, const struct xml_node *element,
	const struct xml_node *attribute, size_t offset, int *line, int *column)
{
	char name[160];

	snprintf(name, sizeof name, "%s%s%s", attribute->prefix,
		attribute->prefix[0] != '\0' ? ":" : "", attribute->local);
	xml_place(l->form->doc, element, name, offset, line, column);
}

static void say_wrong_calls(struct loader *l, struct xf_expr *expr,
	const struct xml_node *element, const struct xml_node *attribute,
	size_t skip)
{
	const char *name;
	int at, line, column;

	for (size_t i = 0; (name = xpath_unknown_function(expr->program, i,
			&at)) != NULL; i++) {
		expr->calls_unknown = true;
		place_in(l, element, attribute,
			skip + bytes_before(expr->text, at), &line, &column);
		problem_add(l->problems, SEVERITY_WARNING, ERR_XPATH,
			l->form->name, line, column, NULL, expr->text,
			_("there is no function '%s': the expression will "
			"fail when it is evaluated"), name);
		problem_mark(l->problems, at);
		if (xpath_nearest_function(name) != NULL)
			load_remedy(l, _("did you mean '%s'?"),
				xpath_nearest_function(name));
	}
	for (size_t i = 0; (name = xpath_wrong_call(expr->program, i,
			&at)) != NULL; i++) {
		place_in(l, element, attribute,
			skip + bytes_before(expr->text, at), &line, &column);
		problem_add(l->problems, SEVERITY_WARNING, ERR_XPATH,
			l->form->name, line, column, NULL, expr->text,
			_("%s: the expression will fail when it is evaluated"),
			name);
		problem_mark(l->problems, at);
	}
}

/* The beginning of an expression, so that what is wrong is not behind it. */
static const char *begin_of(const char *text, char begin[128])
{
	size_t n = strlen(text), most = 128 - 4;

	if (n <= most)
		return text;
	for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
		;
	memcpy(begin, text, n);
	memcpy(begin + n, "…", sizeof "…");
	return begin;
}

static const struct xf_expr *load_or_say(struct loader *l,
	const struct xml_node *element, const struct xml_node *attribute,
	size_t skip, const char *text, enum severity severity)
{
	struct xpath_names names = { uri_of_prefix, element, true };
	struct xf_expr *expr = ARENA_NEW(l->arena, struct xf_expr);
	struct err err = ERR_INIT;
	char begin[128];
	int line, column;

	expr->text = text;
	expr->program = xpath_compile(l->arena, text, &names, &err);
	if (expr->program == NULL) {
		place_in(l, element, attribute,
			skip + bytes_before(text, err.column), &line, &column);
		problem_add(l->problems, severity, ERR_SYNTAX,
			l->form->name, line, column, NULL, text,
			_("%1$s=\"%2$s\": %3$s"), attribute->local,
			begin_of(text, begin), err.message);
		problem_mark(l->problems, err.column);
		return NULL;
	}
	place_in(l, element, attribute, skip, &expr->line, &expr->column);
	expr->is_constant = xpath_is_constant(expr->program);
	expr->is_volatile = xpath_is_volatile(expr->program);
	/* Labels may show answers that the expression does not name. */
	expr->is_of_its_time = expr->is_volatile ||
		strstr(text, "jr:choice-name") != NULL ||
		strstr(text, "jr:itext") != NULL;
	expr->speaks = strstr(text, "jr:choice-name") != NULL ||
		strstr(text, "jr:itext") != NULL ||
		strstr(text, "format-date") != NULL;
	say_wrong_calls(l, expr, element, attribute, skip);
	return expr;
}

const struct xf_expr *load_expr(struct loader *l,
	const struct xml_node *element, const struct xml_node *attribute,
	size_t skip, const char *text)
{
	return load_or_say(l, element, attribute, skip, text, SEVERITY_ERROR);
}

const struct xf_expr *load_output_expr(struct loader *l,
	const struct xml_node *output, const struct xml_node *attribute)
{
	/* Its element may be dropped with the texts. */
	return load_or_say(l, output, attribute, 0,
		arena_strdup(l->arena, attribute->text), SEVERITY_WARNING);
}

void load_use(struct loader *l, const struct xf_expr *expr,
	struct xf_node *node, enum xf_property property, bool counts_as_read)
{
	struct xf_use use = { expr, node, NULL, property, counts_as_read };

	if (expr != NULL && node != NULL)
		vec_push(&l->uses, use);
}

/* --- the document --- */

/* The first element of that name, parents before children. */
static const struct xml_node *find_element(const struct xml_node *top,
	const char *local)
{
	const struct xml_node *at = top;

	while (at != NULL) {
		if (at->kind == XML_ELEMENT && strcmp(at->local, local) == 0)
			return at;
		if (at->first != NULL) {
			at = at->first;
			continue;
		}
		while (at != top && at->next == NULL)
			at = at->parent;
		at = at == top ? NULL : at->next;
	}
	return NULL;
}

static bool find_parts(struct loader *l)
{
	const struct xml_node *root = l->form->doc->root;
	const struct xml_node *head = xml_child(root, NULL, NULL, "head");
	const struct xml_node *title;
	const char *text = "";

	l->model = head != NULL ? xml_child(head, NULL, NULL, "model") : NULL;
	if (l->model == NULL)
		l->model = find_element(root, "model");
	l->body = xml_child(root, NULL, NULL, "body");
	if (l->model == NULL)
		return load_error(l, root, NULL, _("this is no form: it has no "
			"<model>"));
	if (l->body == NULL)
		load_warning(l, root, NULL, _("the form has no <body>: it asks "
			"nothing"));
	title = head != NULL ? xml_child(head, NULL, NULL, "title") : NULL;
	if (title != NULL)
		text = xml_text_of(title, l->arena);
	while (isspace((unsigned char)*text))
		text++;
	l->form->title = text;
	text = l->body != NULL ? load_attribute_text(l->body, "class") : NULL;
	l->form->body_class = text != NULL ? text : "";
	return true;
}

static void check_model_children(struct loader *l)
{
	static const char *const known[] = { "itext", "instance", "bind",
		"submission" };
	const struct xml_node *n;

	for (n = l->model->first; n != NULL; n = n->next) {
		bool ok = n->kind != XML_ELEMENT || action_is(n);

		for (size_t i = 0; !ok && i < sizeof known / sizeof *known; i++)
			ok = strcmp(n->local, known[i]) == 0;
		if (!ok)
			load_error(l, n, NULL, _("<%s> does not belong into "
				"<model>"), n->local);
		if (n->kind == XML_TEXT &&
				strspn(n->text, " \t\r\n") != strlen(n->text))
			load_error(l, l->model, NULL,
				_("there is text between the elements of "
				"<model>"));
	}
	for (n = xml_child(l->model->parent, l->model, NULL, "model"); n != NULL;
			n = xml_child(l->model->parent, n, NULL, "model"))
		load_warning(l, n, NULL, _("a form has one <model>: this one "
			"is passed over"));
}

static bool is_true(const char *text)
{
	return text != NULL && (strcmp(text, "true") == 0 ||
		strcmp(text, "true()") == 0);
}

static void load_submission(struct loader *l)
{
	const struct xml_node *n = xml_child(l->model, NULL, NULL, "submission");

	if (n == NULL)
		return;
	l->form->submission_action = load_attribute_text(n, "action");
	l->form->submission_method = load_attribute_text(n, "method");
	l->form->submission_key = load_attribute_text(n, "base64RsaPublicKey");
	if (l->form->submission_key != NULL)
		load_warning(l, n, load_attribute(n, "base64RsaPublicKey"),
			_("records are not encrypted with the form's own key "
			"(base64RsaPublicKey): they are sealed with the "
			"project's keys instead"));
	l->form->is_sent_at_once = is_true(load_attribute_text(n, "auto-send"));
	l->form->is_deleted_when_sent =
		is_true(load_attribute_text(n, "auto-delete"));
}

/* Another element may bear the name: then all is kept to the end. */
static void drop_itext(struct loader *l)
{
	const struct xml_node *top = l->form->doc->aside_top;

	if (top != NULL && top->parent == l->model)
		xml_drop_aside(l->form->doc, l->arena);
}

static bool load_parts(struct loader *l)
{
	if (!find_parts(l))
		return false;
	check_model_children(l);
	load_itext(l);
	drop_itext(l);
	if (!load_model(l))
		return false;
	check_entities(l);
	load_secondary(l);
	load_binds(l);
	load_body(l);
	load_actions(l);
	load_model_repeats(l);
	load_entities(l);
	load_submission(l);
	load_graph(l);
	load_secondary_data(l);
	return l->problems->n_errors == 0;
}

/* --- beginning and end --- */

static struct xform *form_new(const char *name)
{
	struct arena *arena = arena_new();
	struct xform *form = ARENA_NEW(arena, struct xform);

	form->arena = arena;
	form->name = arena_strdup(arena, name != NULL ? name : "");
	form->id = form->version = form->title = form->body_class = "";
	map_init(&form->itext);
	map_init(&form->secondary);
	map_init(&form->by_path);
	return form;
}

static void loader_init(struct loader *l, struct xform *form,
	const struct xf_options *options, struct problems *problems)
{
	static const struct xf_options none;

	*l = (struct loader){ .form = form, .arena = form->arena,
		.problems = problems };
	l->options = options != NULL ? options : &none;
	l->any_instance_used = l->options->whole;
	l->default_bind = ARENA_NEW(l->arena, struct xf_bind);
	l->default_bind->type_name = "string";
	map_init(&l->binds_by_id);
	map_init(&l->used_instances);
	str_init(&l->key);
}

#define KEEP(form_items, form_n, vec) do { \
	(form_n) = (vec)->n; \
	(form_items) = arena_alloc(l->arena, \
		((vec)->n + 1) * sizeof *(vec)->items); \
	if ((vec)->n > 0) \
		memcpy((form_items), (vec)->items, \
			(vec)->n * sizeof *(vec)->items); \
} while (0)

static void loader_release(struct loader *l)
{
	KEEP(l->form->uses, l->form->n_uses, &l->uses);
	map_release(&l->binds_by_id);
	map_release(&l->used_instances);
	str_release(&l->key);
	vec_release(&l->uses);
	vec_release(&l->actions);
	vec_release(&l->itemset_controls);
	vec_release(&l->repeats);
}

/* JavaRosa reads what is not quite XML, and forms in the field rely on it. */
static struct xml_doc *parse_mended(const char *bytes, size_t n_bytes,
	const char *name, struct problems *problems, struct err *err)
{
	struct str mended = STR_INIT;
	struct xml_doc *doc = NULL;
	struct err again = ERR_INIT;

	if (err->code == ERR_XML && xml_mend(bytes, n_bytes, &mended))
		doc = xml_parse(mended.data, mended.len, name,
			&xml_limits_form, &again);
	if (doc != NULL) {
		problem_add(problems, SEVERITY_WARNING, ERR_XML, name,
			err->line, err->column, NULL, NULL,
			_("%s: this is not quite XML, and was read as "
			"meant"), err->message);
		err_clear(err);
	}
	str_release(&mended);
	return doc;
}

static bool is_in_instance(const struct xml_node *e)
{
	while (e != NULL && strcmp(e->local, "instance") != 0)
		e = e->parent;
	return e != NULL;
}

/* A sixth of a form's nodes is white space between elements that hold nothing
 * but elements.  In instances every node may be asked for. */
static bool skips_blank(const struct xml_node *e)
{
	static const char *const names[] = { "bind", "body", "group", "head",
		"html", "input", "item", "itext", "itemset", "model", "range",
		"rank", "repeat", "select", "select1", "text", "translation",
		"trigger", "upload" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (e->local[0] == names[i][0] &&
				strcmp(e->local, names[i]) == 0)
			return !is_in_instance(e);
	return false;
}

struct xform *xform_load(const char *bytes, size_t n_bytes, const char *name,
	const struct xf_options *options, struct problems *problems)
{
	const struct xml_how how = { .aside = "itext",
		.skips_blank = skips_blank, .is_kept = options != NULL && options->keeps_bytes };
	struct xform *form = form_new(name);
	struct problems own = PROBLEMS_INIT;
	struct err err = ERR_INIT;
	struct loader l;
	bool ok;

	form->doc = xml_parse_how(bytes, n_bytes, name, &xml_limits_form, &how,
		&err);
	if (form->doc == NULL)
		form->doc = parse_mended(bytes, n_bytes, form->name, problems,
			&err);
	if (form->doc == NULL) {
		problem_add_err(problems, SEVERITY_ERROR, &err, NULL, NULL);
		xform_free(form);
		return NULL;
	}
	loader_init(&l, form, options, problems != NULL ? problems : &own);
	l.problems->n_errors = 0;
	ok = load_parts(&l);
	loader_release(&l);
	problems_release(&own);
	if (!ok && !(l.options->whole && form->root != NULL)) {
		xform_free(form);
		return NULL;
	}
	return form;
}

void xform_free(struct xform *form)
{
	if (form == NULL)
		return;
	for (size_t i = 0; i < form->secondary.n; i++) {
		struct xf_secondary *s = form->secondary.entries[i].value;

		secondary_release(s);
	}
	map_release(&form->secondary);
	map_release(&form->itext);
	map_release(&form->by_path);
	xml_free(form->doc);
	arena_free(form->arena);
}

/* --- asking --- */

struct xf_node *xform_node(const struct xform *form, const char *path)
{
	return map_get(&form->by_path, path);
}

const char *xf_language_code(const char *language, size_t *n_bytes)
{
	const char *open = strrchr(language, '(');
	size_t n = strlen(language);

	if (open == NULL || language[n - 1] != ')') {
		*n_bytes = n;
		return language;
	}
	*n_bytes = n - 2 - (size_t)(open - language);
	return open + 1;
}

bool xf_language_is_rtl(const char *name)
{
	static const char *const codes[] = { "ur", "ps", "sd", "pnb", "skr",
		"bal", "bcc", "bgn", "bgp", "ar", "fa", "he", "ug", "ckb",
		"dv", "yi", "prs", "brh", "khw", "ks" };
	static const char *const names[] = { "urdu", "pashto", "sindhi",
		"saraiki", "balochi", "arabic", "persian", "farsi", "dari",
		"hebrew", "shahmukhi", "brahui", "khowar" };
	size_t n;
	const char *code = xf_language_code(name, &n);

	if (strcspn(code, "_-@") < n)
		n = strcspn(code, "_-@");

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (strlen(codes[i]) == n && strncasecmp(codes[i], code, n) ==
				0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strncasecmp(name, names[i], strlen(names[i])) == 0)
			return true;
	return strstr(name, "Arab") != NULL;	/* pa-Arab */
}

static bool is_code_in(const char *language, const char *code)
{
	size_t n;
	const char *own = xf_language_code(language, &n);

	return own != language && n == strlen(code) &&
		strncmp(own, code, n) == 0;
}

int xform_language(const struct xform *form, const char *name)
{
	for (unsigned i = 0; i < form->n_languages; i++)
		if (strcmp(form->languages[i], name) == 0)
			return (int)i;
	for (unsigned i = 0; i < form->n_languages; i++)
		if (is_code_in(form->languages[i], name))
			return (int)i;
	return -1;
}

static bool is_note(const struct xf_node *node)
{
	const struct xf_bind *b = node->bind;

	return node->n_controls > 0 && node->controls[0]->kind == XF_INPUT &&
		b->readonly != NULL && b->calculate == NULL &&
		strcmp(b->readonly->text, "true()") == 0;
}

enum xf_sensitivity xf_sensitivity_of(const struct xform *form,
	const struct xf_node *node)
{
	if (form->form_class == NULL)
		return XF_PUBLIC;
	if (node->bind->sensitivity != XF_UNTAGGED)
		return node->bind->sensitivity;
	if (strcmp(form->form_class, "protected") != 0 &&
			strcmp(form->form_class, "restricted") != 0 &&
			(node == form->instance_id || is_note(node)))
		return XF_PUBLIC;
	return XF_IDENTIFYING;
}
