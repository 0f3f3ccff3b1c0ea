#include "config.h"

#include "xform/wording.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "crypt/crypt.h"

static bool is_output(const struct xml_node *n)
{
	return n->kind == XML_ELEMENT && strcmp(n->local, "output") == 0;
}

static bool is_markup(const struct xml_node *n)
{
	return n->kind == XML_ELEMENT && strcmp(n->ns, NS_XHTML) == 0 &&
		strcmp(n->local, "output") != 0;
}

static const char *expr_of(const struct xml_node *output)
{
	const char *expr = xml_attribute(output, "", "value");

	return expr != NULL ? expr : xml_attribute(output, "", "ref");
}

bool wording_has_markup(const struct xml_node *element)
{
	for (const struct xml_node *n = element->first; n != NULL; n = n->next)
		if (is_markup(n) || (is_output(n) && expr_of(n) != NULL))
			return true;
	return false;
}

/* --- names --- */

static bool same_expr(const char *a, const char *b)
{
	for (;;) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
		a++, b++;
	}
}

static size_t path_bytes(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@$");
}

/* "if(/data/child/age > 1, 'a', 'b')": "age"; "position(..)": "position". */
static void name_of_expr(const char *expr, struct str *name)
{
	const char *best = "value";
	size_t n = strlen(best);

	for (const char *c = expr; *c != '\0'; c++) {
		size_t bytes = path_bytes(c), last = bytes;

		if (bytes == 0)
			continue;
		while (last > 0 && strchr("/$@:", c[last - 1]) == NULL)
			last--;
		if (last > 0 && last < bytes && c[bytes] != '(' &&
				isalpha((unsigned char)c[last])) {
			best = c + last;
			n = bytes - last;
			break;
		}
		c += bytes - 1;
	}
	if (strcmp(best, "value") == 0 && isalpha((unsigned char)expr[strspn(
			expr, " \t\r\n")])) {
		best = expr + strspn(expr, " \t\r\n");
		n = strspn(best, "abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	}
	for (size_t i = 0; i < n; i++)
		str_addc(name, isalnum((unsigned char)best[i]) ? best[i] : '_');
}

static const struct wording_name *name_called(
	const struct wording_names *names, const char *text, size_t n)
{
	for (size_t i = 0; i < names->n; i++)
		if (strlen(names->items[i].name) == n &&
				memcmp(names->items[i].name, text, n) == 0)
			return &names->items[i];
	return NULL;
}

static const struct wording_name *name_of_output(
	const struct wording_names *names, const char *expr)
{
	for (size_t i = 0; i < names->n; i++)
		if (names->items[i].expr != NULL &&
				same_expr(names->items[i].expr, expr))
			return &names->items[i];
	return NULL;
}

/* A number behind it where the name is taken. */
static const char *free_name(const struct wording_names *names,
	const char *wanted, struct arena *arena)
{
	const char *name = arena_strdup(arena, wanted);

	for (int i = 2; name_called(names, name, strlen(name)) != NULL; i++)
		name = arena_printf(arena, "%s_%d", wanted, i);
	return name;
}

static void add_output(const struct xml_node *n, struct arena *arena,
	struct wording_names *names)
{
	const char *expr = expr_of(n), *name;
	struct str wanted = STR_INIT;

	if (expr == NULL || name_of_output(names, expr) != NULL)
		return;
	name_of_expr(expr, &wanted);
	name = free_name(names, wanted.data, arena);
	vec_push(names, ((struct wording_name){ name, expr, n, false }));
	str_release(&wanted);
}

static void add_markup(const struct xml_node *n, struct arena *arena,
	struct wording_names *names)
{
	const char *name = free_name(names, n->local, arena);
	const char *end = free_name(names, arena_printf(arena, "%s_end", name),
		arena);

	vec_push(names, ((struct wording_name){ name, NULL, n, false }));
	vec_push(names, ((struct wording_name){ end, NULL, n, true }));
}

/* Text of labels has no depth to speak of, but a form may be hostile. */
enum { MOST_DEPTH = 20 };

static void add_names(const struct xml_node *element, struct arena *arena,
	struct wording_names *names, int depth)
{
	for (const struct xml_node *n = element->first; n != NULL;
			n = n->next) {
		if (is_output(n)) {
			add_output(n, arena, names);
		} else if (is_markup(n) && depth < MOST_DEPTH) {
			add_markup(n, arena, names);
			add_names(n, arena, names, depth + 1);
		}
	}
}

void wording_names_of(const struct xml_node *element, struct arena *arena,
	struct wording_names *names)
{
	*names = (struct wording_names){ NULL, 0, 0 };
	add_names(element, arena, names, 0);
}

/* --- to text --- */

struct writing {
	struct str out;
	bool braced;
	const struct wording_names *names;
};

static void write_literal(struct writing *w, const char *text)
{
	for (; *text != '\0'; text++) {
		if (w->braced && (*text == '{' || *text == '}'))
			str_addc(&w->out, *text);
		str_addc(&w->out, *text);
	}
}

static void write_output(struct writing *w, const struct xml_node *n)
{
	const char *expr = expr_of(n);
	const struct wording_name *name;

	if (expr == NULL)
		return;
	name = name_of_output(w->names, expr);
	if (name != NULL) {
		str_addf(&w->out, "{%s}", name->name);
		return;
	}
	str_add(&w->out, "<output value=\"");
	xml_add_attribute_value(&w->out, expr);
	str_add(&w->out, "\"/>");
}

/* Of several elements of that kind the k-th in this text is the k-th of the
 * original; beyond those the last. */
static const struct wording_name *name_of_markup(const struct writing *w,
	const struct xml_node *n, bool is_end)
{
	const struct wording_name *found = NULL;

	for (size_t i = 0; i < w->names->n; i++) {
		const struct wording_name *name = &w->names->items[i];

		if (name->expr != NULL || name->is_end != is_end ||
				strcmp(name->node->local, n->local) != 0)
			continue;
		if (name->node == n)
			return name;
		if (found == NULL)
			found = name;
	}
	return found;
}

static void write_below(struct writing *w, const struct xml_node *element,
	int depth)
{
	for (const struct xml_node *n = element->first; n != NULL;
			n = n->next) {
		if (n->kind == XML_TEXT) {
			write_literal(w, n->text);
		} else if (is_output(n)) {
			write_output(w, n);
		} else if (is_markup(n) && depth < MOST_DEPTH) {
			const struct wording_name *a, *b;

			a = name_of_markup(w, n, false);
			b = name_of_markup(w, n, true);
			if (a != NULL && b != NULL)
				str_addf(&w->out, "{%s}", a->name);
			write_below(w, n, depth + 1);
			if (a != NULL && b != NULL)
				str_addf(&w->out, "{%s}", b->name);
		}
	}
}

const char *wording_text(const struct xml_node *element, bool braced,
	const struct wording_names *names, struct arena *arena)
{
	struct writing w = { STR_INIT, braced, names };
	const char *text, *end;

	write_below(&w, element, 0);
	text = w.out.data;
	end = text + w.out.len;
	while (isspace((unsigned char)*text))
		text++;
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	text = arena_strndup(arena, text, (size_t)(end - text));
	str_release(&w.out);
	return text;
}

/* --- from text --- */

struct reading {
	struct xml_doc *doc;
	struct xml_node *top, *at;	/* where text goes */
	struct str literal;
	bool braced, reads_outputs;
	const struct wording_names *names;
};

static void end_literal(struct reading *r)
{
	xml_append_text(r->doc, r->at, r->literal.data, r->literal.len);
	str_clear(&r->literal);
}

static void put_name(struct reading *r, const struct wording_name *name)
{
	end_literal(r);
	if (name->expr != NULL) {
		xml_append_copy(r->doc, r->at, name->node);
	} else if (!name->is_end) {
		r->at = xml_append_copy(r->doc, r->at, name->node);
	} else {		/* what was opened last is closed */
		struct xml_node *n = r->at;

		while (n != r->top && strcmp(n->local, name->node->local) != 0)
			n = n->parent;
		if (n != r->top)
			r->at = n->parent;
	}
}

/* "{name}"; returns what follows, NULL: it is none. */
static const char *read_name(struct reading *r, const char *text)
{
	size_t n = strcspn(text + 1, "{}");
	const struct wording_name *name;

	if (text[0] != '{' || text[1 + n] != '}')
		return NULL;
	name = name_called(r->names, text + 1, n);
	if (name == NULL)
		return NULL;
	put_name(r, name);
	return text + n + 2;
}

static void add_unescaped(struct str *to, const char *text, size_t n)
{
	static const struct { const char *name; char c; } known[] = {
		{ "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' },
		{ "&amp;", '&' }, { "&#9;", '\t' }, { "&#10;", '\n' },
		{ "&#13;", '\r' },
	};
	const char *end = text + n;

	while (text < end) {
		size_t i = 0;

		while (i < 7 && !str_starts(text, known[i].name))
			i++;
		str_addc(to, i < 7 ? known[i].c : *text);
		text += i < 7 ? strlen(known[i].name) : 1;
	}
}

/* <output value="..."/>, written out. */
static const char *read_output(struct reading *r, const char *text)
{
	static const char open[] = "<output value=\"", close[] = "\"/>";
	struct xml_node *output;
	struct str expr = STR_INIT;
	const char *end;

	if (!r->reads_outputs || !str_starts(text, open))
		return NULL;
	text += strlen(open);
	end = strchr(text, '"');
	if (end == NULL || !str_starts(end, close))
		return NULL;
	end_literal(r);
	add_unescaped(&expr, text, (size_t)(end - text));
	output = xml_append_element(r->doc, r->at, r->top->ns, r->top->prefix,
		"output");
	xml_set_attribute(r->doc, output, "", "", "value", expr.data);
	str_release(&expr);
	return end + strlen(close);
}

void wording_put(struct xml_doc *doc, struct xml_node *element,
	const char *text, bool braced, const struct wording_names *names,
	bool reads_outputs)
{
	struct reading r = { doc, element, element, STR_INIT, braced,
		reads_outputs, names };

	xml_set_text(doc, element, "");
	while (*text != '\0') {
		const char *rest = NULL;

		if (braced && (*text == '{' || *text == '}') &&
				text[1] == *text) {
			str_addc(&r.literal, *text);
			text += 2;
			continue;
		}
		if (braced && *text == '{')
			rest = read_name(&r, text);
		else if (*text == '<')
			rest = read_output(&r, text);
		if (rest == NULL)
			str_addc(&r.literal, *text++);
		else
			text = rest;
	}
	end_literal(&r);
	str_release(&r.literal);
}

/* --- reviewers' marks --- */

void wording_hash(const char *id, const char *text,
	char hash[WORDING_HASH_BYTES])
{
	char hex[SHA256_HEX_BYTES];
	struct sha256 sha;

	sha256_init(&sha);
	sha256_add(&sha, id, strlen(id) + 1);
	sha256_add(&sha, text, strlen(text));
	sha256_end_hex(&sha, hex);
	memcpy(hash, hex, WORDING_HASH_BYTES - 1);
	hash[WORDING_HASH_BYTES - 1] = '\0';
}

/* Who and when are for people; the hash is what counts. */
bool wording_mark_holds(const char *mark, const char *id, const char *text)
{
	char hash[WORDING_HASH_BYTES];
	const char *c = mark;

	for (int word = 0; word < 2; word++) {
		size_t n;

		c += strspn(c, " ");
		n = strcspn(c, " ");
		if (n == 0)
			return false;
		c += n;
	}
	c += strspn(c, " ");
	wording_hash(id, text, hash);
	return strncmp(c, hash, strlen(hash)) == 0 &&
		c[strlen(hash)] == '\0';
}
