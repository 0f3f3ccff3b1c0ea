#include "config.h"

#include "xml/xml.h"

#include <errno.h>
#include <iconv.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "base/mem.h"
#include "base/utf8.h"

const struct xml_limits xml_limits_form = {
	.max_bytes = (size_t)256 << 20, .max_depth = 512, .max_nodes = 20000000,
};
const struct xml_limits xml_limits_record = {
	.max_bytes = (size_t)64 << 20, .max_depth = 512, .max_nodes = 5000000,
};

/* libxml2's dictionary gives one pointer per name: from it to ours. */
enum { CACHE_SLOTS = 512 };
struct name_cache { const xmlChar *theirs; const char *ours; };

struct xml_reader {
	xmlParserCtxtPtr parser;	/* NULL: none yet */
	struct name_cache cache[CACHE_SLOTS];	/* of its dictionary */
};
/* Beyond that names are of strangers, and are forgotten. */
enum { MOST_NAMES = 4096 };

struct reader {
	struct xml_doc *doc;
	struct xml_node *open;		/* the element being read, or the document */
	struct str text;		/* the run of characters being read */
	xmlParserCtxtPtr parser;
	const struct xml_limits *limits;
	struct err *err;
	bool failed;
	unsigned depth;
	const struct xml_items *items;	/* or NULL */
	bool (*skips_blank)(const struct xml_node *element);
	const char *aside;		/* interned name, or NULL */
	unsigned aside_depth;		/* within it; 0: not */
	struct arena *arena;		/* where nodes go now */
	struct arena_mark root_mark;	/* after the root's own memory */
	struct xml_reader *kept;
};

/* --- turning the bytes into UTF-8 --- */

static bool starts_with(const char *bytes, size_t n, const char *what,
	size_t n_what)
{
	return n >= n_what && memcmp(bytes, what, n_what) == 0;
}

/* The value of encoding="..." in the XML declaration; false: none. */
static bool declared_encoding(const char *bytes, size_t n, char name[64])
{
	const char *end, *at;
	size_t len;

	if (!starts_with(bytes, n, "<?xml", 5))
		return false;
	end = memchr(bytes, '>', n < 256 ? n : 256);
	if (end == NULL)
		return false;
	for (at = bytes; at + 10 < end; at++)
		if (memcmp(at, "encoding", 8) == 0)
			break;
	if (at + 10 >= end)
		return false;
	at += 8;
	while (at < end && strchr(" \t\r\n=", *at) != NULL)
		at++;
	if (at >= end || (*at != '"' && *at != '\''))
		return false;
	len = strspn(at + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789._-");
	if (len == 0 || len >= 64)
		return false;
	memcpy(name, at + 1, len);
	name[len] = '\0';
	return true;
}

static const char *encoding_of(const char *bytes, size_t n, char name[64])
{
	if (starts_with(bytes, n, "\xff\xfe\0\0", 4) ||
	    starts_with(bytes, n, "\0\0\xfe\xff", 4))
		return "UTF-32";
	if (starts_with(bytes, n, "\xff\xfe", 2) ||
	    starts_with(bytes, n, "\xfe\xff", 2))
		return "UTF-16";
	if (starts_with(bytes, n, "<\0?\0", 4))
		return "UTF-16LE";
	if (starts_with(bytes, n, "\0<\0?", 4))
		return "UTF-16BE";
	if (!declared_encoding(bytes, n, name))
		return NULL;
	if (strcasecmp(name, "utf-8") == 0 || strcasecmp(name, "utf8") == 0 ||
	    strcasecmp(name, "us-ascii") == 0 || strcasecmp(name, "ascii") == 0 ||
	    strncasecmp(name, "utf-16", 6) == 0)
		return NULL;	/* "utf-16" in bytes that are not: ignored */
	return name;
}

static bool convert_all(iconv_t converter, const char *bytes, size_t n,
	struct str *out)
{
	char *from = (char *)(uintptr_t)bytes;
	size_t left = n;

	while (left > 0) {
		char *to = str_room(out, 65536);
		size_t room = 65536;
		size_t done = iconv(converter, &from, &left, &to, &room);

		str_grew(out, 65536 - room);
		if (out->over || (done == (size_t)-1 && errno != E2BIG))
			return false;
	}
	return true;
}

static bool convert(const char *bytes, size_t n, const char *encoding,
	struct str *out, struct err *err)
{
	iconv_t converter = iconv_open("UTF-8", encoding);
	bool ok;

	if (converter == (iconv_t)-1)
		return err_set(err, ERR_XML, _("unknown encoding '%s'"), encoding);
	ok = convert_all(converter, bytes, n, out);
	iconv_close(converter);
	if (out->over)
		return err_set(err, ERR_LIMIT, _("the document is too large"));
	if (!ok)
		return err_set(err, ERR_XML, _("the document is not in its encoding '%s'"),
			encoding);
	return true;
}

static bool convert_source(struct xml_doc *doc, const char *bytes, size_t n,
	const char *encoding, size_t limit, struct err *err)
{
	struct str out = STR_INIT;
	bool ok;

	out.limit = limit + 4;
	ok = convert(bytes, n, encoding, &out, err);
	doc->source_bytes = out.len;
	doc->source = doc->own_source = str_steal(&out);
	return ok;
}

/* The bytes in UTF-8 without byte order mark, where they can stay in place. */
static bool take_source(struct xml_doc *doc, const char *bytes, size_t n,
	bool is_kept, size_t limit, struct err *err)
{
	char name[64];
	const char *encoding = encoding_of(bytes, n, name);

	if (encoding != NULL) {
		if (!convert_source(doc, bytes, n, encoding, limit, err))
			return false;
	} else {
		if (!is_kept)
			bytes = doc->own_source = xstrndup(bytes, n);
		doc->source = bytes;
		doc->source_bytes = n;
	}
	if (starts_with(doc->source, doc->source_bytes, "\xef\xbb\xbf", 3)) {
		doc->source += 3;
		doc->source_bytes -= 3;
	}
	if (memchr(doc->source, '\0', doc->source_bytes) != NULL)
		return err_set(err, ERR_XML, _("there is a NUL byte"));
	return true;
}

/* --- attributes: the time libxml2 takes for those of one element goes with
 * the square of their number --- */

enum { MOST_ATTRIBUTES = 2000 };

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Values in quotes from `at` to the end of the tag. */
static bool has_too_many(const char *at, const char *end)
{
	unsigned n = 0;
	char quote = '\0';

	for (; at < end && (quote != '\0' || *at != '>'); at++) {
		if (quote == '\0' && (*at == '"' || *at == '\''))
			quote = *at;
		else if (*at == quote) {
			quote = '\0';
			if (++n > MOST_ATTRIBUTES)
				return true;
		}
	}
	return false;
}

/* The element with too many attributes, or NULL.  There is no '<' in a tag, and
 * a tag with so many is long: most of the document is passed over. */
static const char *find_crowded(const struct xml_doc *doc)
{
	const char *at = doc->source, *end = at + doc->source_bytes;
	const char *next;

	for (; at < end; at = next) {
		next = memchr(at + 1, '<', (size_t)(end - at) - 1);
		if (next == NULL)
			next = end;
		if (next - at > 4 * MOST_ATTRIBUTES && *at == '<' &&
				at[1] != '!' && at[1] != '?' &&
				!is_space(at[1]) && has_too_many(at, next))
			return at;
	}
	return NULL;
}

static bool check_attributes(const struct xml_doc *doc, struct err *err)
{
	struct xml_node place = { .kind = XML_ELEMENT };
	const char *at = find_crowded(doc);
	int line, column;

	if (at == NULL)
		return true;
	place.offset = (uint32_t)(at - doc->source);
	xml_place(doc, &place, NULL, 0, &line, &column);
	err_set(err, ERR_LIMIT, _("an element has more than %d attributes"),
		MOST_ATTRIBUTES);
	return err_at(err, doc->name, line, column);
}

/* --- building the tree --- */

static void stop(struct reader *r)
{
	r->failed = true;
	xmlStopParser(r->parser);
}

static void fail_here(struct reader *r, enum err_code code, const char *text)
{
	if (r->failed)
		return;
	err_set(r->err, code, "%s", text);
	err_at(r->err, r->doc->name, r->parser->input->line,
		r->parser->input->col);
	stop(r);
}

static const char *name_of(struct reader *r, const xmlChar *theirs)
{
	struct name_cache *slot;

	if (theirs == NULL)
		return intern_empty;
	slot = &r->kept->cache[((uintptr_t)theirs >> 3) % CACHE_SLOTS];
	if (slot->theirs != theirs) {
		slot->theirs = theirs;
		slot->ours = intern((const char *)theirs);
	}
	return slot->ours;
}

static bool is_branch(enum xml_kind kind)
{
	return kind == XML_ELEMENT || kind == XML_DOCUMENT;
}

static struct xml_node *node_new(struct reader *r, enum xml_kind kind)
{
	size_t size = is_branch(kind) ? sizeof(struct xml_node) :
		offsetof(struct xml_node, last);
	struct xml_node *node = arena_zalloc(r->arena, size);

	node->kind = kind;
	node->order = r->doc->n_nodes++ & 0xFFFFFFF;
	node->local = node->ns = node->prefix = intern_empty;
	node->parent = r->open;
	if (r->doc->n_nodes > r->limits->max_nodes)
		fail_here(r, ERR_LIMIT, _("the document has too many nodes"));
	return node;
}

static void append(struct xml_node *parent, struct xml_node *node)
{
	node->previous = parent->last;
	if (parent->last != NULL)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
}

static bool is_skipped(const struct reader *r)
{
	return r->skips_blank != NULL &&
		strspn(r->text.data, " \t\n\r") == r->text.len &&
		r->skips_blank(r->open);
}

static void flush_text(struct reader *r)
{
	struct xml_node *node;

	if (r->text.len > 0 && is_skipped(r))
		str_clear(&r->text);
	if (r->text.len == 0)
		return;
	node = node_new(r, XML_TEXT);
	node->offset = r->open->offset;
	node->text = arena_strndup(r->arena, r->text.data, r->text.len);
	append(r->open, node);
	str_clear(&r->text);
}

/* Where the last '<' before the parser's position is: in a tag, a comment that
 * has ended or an instruction there is no other. */
static uint32_t offset_here(const struct reader *r)
{
	const char *source = r->doc->source;
	const char *at = (const char *)r->parser->input->cur;
	uintptr_t n = (uintptr_t)at - (uintptr_t)source;
	const char *open;

	/* A parser that was stopped is somewhere else. */
	if (n > r->doc->source_bytes)
		return 0;
	open = memrchr(source, '<', n);
	return open != NULL ? (uint32_t)(open - source) : 0;
}

static void add_decls(struct reader *r, struct xml_node *node, int n,
	const xmlChar **pairs)
{
	struct xml_decl **end = &node->decls;
	int i;

	for (i = 0; i < n; i++) {
		struct xml_decl *decl = ARENA_NEW(r->arena, struct xml_decl);

		decl->prefix = name_of(r, pairs[2 * i]);
		decl->uri = name_of(r, pairs[2 * i + 1]);
		*end = decl;
		end = &decl->next;
	}
}

static void add_attributes(struct reader *r, struct xml_node *node, int n,
	const xmlChar **five)
{
	struct xml_node *last = NULL;
	int i;

	for (i = 0; i < n && !r->failed; i++, five += 5) {
		struct xml_node *a = node_new(r, XML_ATTRIBUTE);

		a->local = name_of(r, five[0]);
		a->prefix = name_of(r, five[1]);
		a->ns = name_of(r, five[2]);
		a->text = arena_strndup(r->arena, (const char *)five[3],
			(size_t)(five[4] - five[3]));
		a->parent = node;
		a->offset = node->offset;
		a->previous = last;
		if (last != NULL)
			last->next = a;
		else
			node->attributes = a;
		last = a;
	}
}

static void begin_aside(struct reader *r, struct xml_node *top)
{
	r->doc->aside_top = top;
	r->doc->aside = r->arena = arena_new();
	r->aside_depth = r->depth;
}

static void end_aside(struct reader *r)
{
	r->arena = r->doc->arena;
	r->aside_depth = 0;
}

static void on_start(void *data, const xmlChar *local, const xmlChar *prefix,
	const xmlChar *uri, int n_decls, const xmlChar **decls, int n_attributes,
	int n_defaulted, const xmlChar **attributes)
{
	struct reader *r = data;
	struct xml_node *node;

	if (r->failed)
		return;
	flush_text(r);
	if (++r->depth > r->limits->max_depth) {
		fail_here(r, ERR_LIMIT, _("elements are nested too deeply"));
		return;
	}
	node = node_new(r, XML_ELEMENT);
	node->local = name_of(r, local);
	node->prefix = name_of(r, prefix);
	node->ns = name_of(r, uri);
	node->offset = offset_here(r);
	add_decls(r, node, n_decls, decls);
	/* Those that a DTD would add come last, and are left out. */
	add_attributes(r, node, n_attributes - n_defaulted, attributes);
	append(r->open, node);
	if (r->open == r->doc->document)
		r->doc->root = node;
	r->open = node;
	if (r->depth == 1)
		r->root_mark = arena_mark(r->doc->arena);
	if (node->local == r->aside && r->doc->aside_top == NULL)
		begin_aside(r, node);
}

/* Hand a child of the root over, and forget it. */
static void hand_over(struct reader *r, const struct xml_node *item)
{
	if (!r->items->take(r->items->data, item)) {
		stop(r);
		return;
	}
	r->doc->root->first = r->doc->root->last = NULL;
	arena_reset(r->doc->arena, r->root_mark);
}

static void on_end(void *data, const xmlChar *local, const xmlChar *prefix,
	const xmlChar *uri)
{
	struct reader *r = data;
	const struct xml_node *closed = r->open;

	(void)local;
	(void)prefix;
	(void)uri;
	if (r->failed)
		return;
	flush_text(r);
	if (r->depth == r->aside_depth)
		end_aside(r);
	r->depth--;
	r->open = r->open->parent;
	if (r->items != NULL && r->depth == 1)
		hand_over(r, closed);
}

static void on_text(void *data, const xmlChar *text, int n)
{
	struct reader *r = data;

	if (!r->failed && r->depth > 0)
		str_addn(&r->text, text, (size_t)n);
}

static void on_comment(void *data, const xmlChar *text)
{
	struct reader *r = data;
	struct xml_node *node;

	if (r->failed)
		return;
	flush_text(r);
	node = node_new(r, XML_COMMENT);
	node->offset = offset_here(r);
	node->text = arena_strdup(r->arena, (const char *)text);
	append(r->open, node);
}

static void on_pi(void *data, const xmlChar *target, const xmlChar *text)
{
	struct reader *r = data;
	struct xml_node *node;

	if (r->failed)
		return;
	flush_text(r);
	node = node_new(r, XML_PI);
	node->offset = offset_here(r);
	node->local = intern((const char *)target);
	node->text = arena_strdup(r->arena,
		text == NULL ? "" : (const char *)text);
	append(r->open, node);
}

/* --- what is refused: entities of one's own --- */

static void on_entity_decl(void *data, const xmlChar *name, int type,
	const xmlChar *public_id, const xmlChar *system_id, xmlChar *content)
{
	(void)name;
	(void)type;
	(void)public_id;
	(void)system_id;
	(void)content;
	fail_here(data, ERR_XML, _("entity declarations are not allowed"));
}

static xmlEntityPtr on_get_entity(void *data, const xmlChar *name)
{
	(void)data;
	return xmlGetPredefinedEntity(name);
}

static void on_reference(void *data, const xmlChar *name)
{
	(void)name;
	fail_here(data, ERR_XML, _("only the five entities of XML are allowed"));
}

static int on_has_subset(void *data)
{
	(void)data;
	return 0;
}

static void on_error(void *data, const xmlError *error)
{
	struct reader *r = data;
	size_t n;

	if (r->failed || error->level < XML_ERR_ERROR)
		return;
	n = error->message == NULL ? 0 : strcspn(error->message, "\n");
	err_set(r->err, ERR_XML, "%.*s", (int)(n > 400 ? 400 : n),
		error->message == NULL ? "" : error->message);
	err_at(r->err, r->doc->name, error->line, error->int2);
	stop(r);
}

#if LIBXML_VERSION < 21200
static void on_error_old(void *data, xmlErrorPtr error)
{
	on_error(data, error);
}
#define ON_ERROR on_error_old
#else
#define ON_ERROR on_error
#endif

static void set_handlers(xmlSAXHandler *sax)
{
	memset(sax, 0, sizeof *sax);
	sax->initialized = XML_SAX2_MAGIC;
	sax->startElementNs = on_start;
	sax->endElementNs = on_end;
	sax->characters = on_text;
	sax->ignorableWhitespace = on_text;
	sax->cdataBlock = on_text;
	sax->comment = on_comment;
	sax->processingInstruction = on_pi;
	sax->entityDecl = on_entity_decl;
	sax->getEntity = on_get_entity;
	sax->getParameterEntity = on_get_entity;
	sax->reference = on_reference;
	sax->hasInternalSubset = on_has_subset;
	sax->hasExternalSubset = on_has_subset;
	sax->serror = ON_ERROR;
}

struct xml_reader *xml_reader_new(void)
{
	xmlInitParser();	/* before there are threads */
	return xcalloc(1, sizeof(struct xml_reader));
}

static void forget_parser(struct xml_reader *kept)
{
	xmlFreeParserCtxt(kept->parser);
	memset(kept, 0, sizeof *kept);
}

void xml_reader_free(struct xml_reader *reader)
{
	if (reader == NULL)
		return;
	forget_parser(reader);
	free(reader);
}

/* The parser reads in our bytes, not in a copy: offset_here() counts on it. */
static xmlParserCtxtPtr parser_for(struct xml_reader *kept,
	const struct xml_doc *doc)
{
	xmlParserInputPtr input;

	if (kept->parser != NULL &&
			xmlDictSize(kept->parser->dict) > MOST_NAMES)
		forget_parser(kept);
	if (kept->parser != NULL)
		xmlCtxtReset(kept->parser);
	else
		kept->parser = xmlNewParserCtxt();
	if (kept->parser == NULL)
		return NULL;
	input = xmlNewStringInputStream(kept->parser,
		(const xmlChar *)doc->source);
	return input != NULL && inputPush(kept->parser, input) >= 0 ?
		kept->parser : NULL;
}

/* XML_PARSE_HUGE lifts libxml2's own limits, ours stand instead; NOENT only
 * makes it resolve the five in attributes, as no other entity is known. */
static bool run_parser(struct reader *r)
{
	xmlSAXHandler sax;

	set_handlers(&sax);
	r->parser = parser_for(r->kept, r->doc);
	if (r->parser == NULL)
		return err_set(r->err, ERR_XML, _("the document is empty"));
	xmlCtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_NOENT |
		XML_PARSE_HUGE | XML_PARSE_IGNORE_ENC);
	*r->parser->sax = sax;
	r->parser->userData = r;
	xmlParseDocument(r->parser);
	if (!r->failed && (!r->parser->wellFormed || r->doc->root == NULL))
		fail_here(r, ERR_XML, _("the document is not well-formed"));
	/* libxml2 makes one of its own for the entities of a DTD */
	xmlFreeDoc(r->parser->myDoc);
	r->parser->myDoc = NULL;
	if (r->failed)
		forget_parser(r->kept);
	return !r->failed;
}

static struct xml_doc *doc_new(const char *name)
{
	struct arena *arena = arena_new();
	struct xml_doc *doc = ARENA_NEW(arena, struct xml_doc);

	doc->arena = arena;
	doc->cursor = ARENA_NEW(arena, struct xml_cursor);
	*doc->cursor = (struct xml_cursor){ 0, 1, 1 };
	doc->name = name == NULL ? "" : arena_strdup(arena, name);
	return doc;
}

static bool read_into(struct xml_doc *doc, const struct xml_limits *limits,
	const struct xml_how *how, struct err *err)
{
	struct reader *r = xcalloc(1, sizeof *r);
	bool ok;

	r->kept = how->reader != NULL ? how->reader : xml_reader_new();
	r->doc = doc;
	r->limits = limits;
	r->items = how->items;
	r->skips_blank = how->skips_blank;
	r->aside = how->aside != NULL ? intern(how->aside) : NULL;
	r->arena = doc->arena;
	r->err = err;
	str_init(&r->text);
	doc->document = node_new(r, XML_DOCUMENT);
	r->open = doc->document;
	ok = run_parser(r);
	str_release(&r->text);
	if (how->reader == NULL)
		xml_reader_free(r->kept);
	free(r);
	return ok;
}

struct xml_doc *xml_parse_how(const char *bytes, size_t n_bytes,
	const char *name, const struct xml_limits *limits,
	const struct xml_how *how, struct err *err)
{
	struct xml_doc *doc = doc_new(name);
	bool ok;

	if (n_bytes > limits->max_bytes || n_bytes > INT_MAX / 2)
		ok = err_set(err, ERR_LIMIT, _("the document is too large"));
	else if (n_bytes == 0)
		ok = err_set(err, ERR_XML, _("the document is empty"));
	else
		ok = take_source(doc, bytes, n_bytes, how->is_kept,
			limits->max_bytes, err) &&
			check_attributes(doc, err) && read_into(doc, limits, how, err);
	if (ok)
		return doc;
	err_at(err, doc->name, 0, 0);
	xml_free(doc);
	return NULL;
}

struct xml_doc *xml_parse_items(const char *bytes, size_t n_bytes,
	const char *name, const struct xml_limits *limits,
	const struct xml_items *items, struct err *err)
{
	const struct xml_how how = { .is_kept = true, .items = items };

	return xml_parse_how(bytes, n_bytes, name, limits, &how, err);
}

struct xml_doc *xml_parse(const char *bytes, size_t n_bytes, const char *name,
	const struct xml_limits *limits, struct err *err)
{
	const struct xml_how how = { .is_kept = false };

	return xml_parse_how(bytes, n_bytes, name, limits, &how, err);
}

struct xml_doc *xml_parse_kept(const char *bytes, size_t n_bytes,
	const char *name, const struct xml_limits *limits, struct err *err)
{
	const struct xml_how how = { .is_kept = true };

	return xml_parse_how(bytes, n_bytes, name, limits, &how, err);
}

void xml_drop_aside(struct xml_doc *doc, struct arena *arena)
{
	if (doc->aside == NULL)
		return;
	doc->aside_top->first = doc->aside_top->last = NULL;
	arena_give(doc->aside, arena);
	doc->aside = NULL;
}

void xml_free(struct xml_doc *doc)
{
	if (doc == NULL)
		return;
	free(doc->own_source);
	arena_free(doc->aside);
	arena_free(doc->arena);
}
