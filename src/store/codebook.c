#include "config.h"

#include "store/codebook.h"

#include <string.h>

#include "base/map.h"
#include "base/str.h"
#include "store/forms.h"
#include "store/store.h"
#include "xform/document.h"
#include "xform/xform.h"
#include "xpath/tree.h"

struct builder {
	struct codebook *book;
	struct arena *arena;
	struct arena *scratch;
	const struct xform *form;	/* the version at hand */
	int *languages;			/* of it, for each of the book; -1 */
	struct map **seen;		/* [table][column]: values of choices */
};

/* --- languages --- */

/* "ur" of "Urdu (ur)"; else the whole name. */
static const char *short_name(struct arena *arena, const char *name)
{
	const char *open = strrchr(name, '(');
	size_t n = open != NULL ? strcspn(open + 1, ")") : 0;

	return n > 0 ? arena_strndup(arena, open + 1, n) : name;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		(unsigned char)c >= 0x80;
}

/* Small letters and digits; what is neither is one '_'. */
static char *ending_of(struct arena *arena, const char *name)
{
	char *ending = arena_strdup(arena, short_name(arena, name));
	char *to = ending;

	for (const char *c = ending; *c != '\0'; c++) {
		char letter = *c >= 'A' && *c <= 'Z' ?
			(char)(*c - 'A' + 'a') : *c;

		if (is_letter(letter))
			*to++ = letter;
		else if (to > ending && to[-1] != '_')
			*to++ = '_';
	}
	while (to > ending && to[-1] == '_')
		to--;
	*to = '\0';
	return ending;
}

static int find_ending(const struct codebook *book, const char *ending)
{
	for (size_t i = 0; i < book->languages.n; i++)
		if (strcmp(book->languages.items[i].ending, ending) == 0)
			return (int)i;
	return -1;
}

static void add_language(struct codebook *book, const char *name)
{
	struct codebook_language new = {
		arena_strdup(book->arena, name), ending_of(book->arena, name)
	};

	if (new.ending[0] == '\0')
		new.ending = "labels";
	if (find_ending(book, new.ending) < 0)
		vec_push(&book->languages, new);
}

static void add_languages(struct codebook *book,
	const struct xform *const *versions, size_t n_versions)
{
	for (size_t i = 0; i < n_versions; i++)
		for (unsigned k = 0; k < versions[i]->n_languages; k++)
			add_language(book, versions[i]->languages[k]);
	if (book->languages.n == 0)
		add_language(book, "");
}

int codebook_find_language(const struct codebook *book, const char *name)
{
	struct arena *arena = arena_new();
	int at = find_ending(book, ending_of(arena, name));

	arena_free(arena);
	for (size_t i = 0; at < 0 && i < book->languages.n; i++)
		if (strcmp(book->languages.items[i].name, name) == 0)
			at = (int)i;
	return at;
}

/* Which of the book's languages the version at hand has. */
static void match_languages(struct builder *b)
{
	for (size_t i = 0; i < b->book->languages.n; i++)
		b->languages[i] = -1;
	for (unsigned k = 0; k < b->form->n_languages; k++) {
		int at = codebook_find_language(b->book,
			b->form->languages[k]);

		if (at >= 0 && b->languages[at] < 0)
			b->languages[at] = (int)k;
	}
}

/* --- texts --- */

static void add_expression(struct str *to, const char *text)
{
	size_t n;

	text += strspn(text, " \t\r\n");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		n--;
	str_addf(to, "{%.*s}", (int)n, text);
}

const char *codebook_text(struct arena *arena, const struct xf_runs *runs)
{
	struct str whole = STR_INIT;
	const char *text = NULL;
	char *to;

	for (size_t i = 0; i < runs->n; i++) {
		const struct xf_run *run = &runs->items[i];

		if (run->output == NULL)
			str_add(&whole, run->text);
		else
			add_expression(&whole, run->output->text);
	}
	to = whole.data;
	for (const char *c = whole.data; *c != '\0'; c++) {
		if (strchr(" \t\r\n", *c) == NULL)
			*to++ = *c;
		else if (to > whole.data && to[-1] != ' ')
			*to++ = ' ';
	}
	while (to > whole.data && to[-1] == ' ')
		to--;
	if (to > whole.data)
		text = arena_strndup(arena, whole.data,
			(size_t)(to - whole.data));
	str_release(&whole);
	return text;
}

static const char *in_language(struct builder *b, const struct xf_text *text,
	size_t language)
{
	const struct xf_runs *runs = &text->runs;

	if (text->itext != NULL)
		runs = b->languages[language] < 0 ? NULL :
			xf_itext_runs(b->form, text->itext,
				(unsigned)b->languages[language],
				XF_TEXT_PLAIN);
	return runs != NULL && runs->n > 0 ? codebook_text(b->arena, runs) : NULL;
}

static const char **no_texts(struct builder *b)
{
	return ARENA_ARRAY(b->arena, const char *, b->book->languages.n);
}

/* What a newer version says stays. */
static void add_texts(struct builder *b, const char **texts,
	const struct xf_text *text)
{
	for (size_t i = 0; text != NULL && i < b->book->languages.n; i++)
		if (texts[i] == NULL)
			texts[i] = in_language(b, text, i);
}

/* A text that is the same in every language of its version. */
static void add_plain(struct builder *b, const char **texts, const char *text)
{
	struct xf_run run = { text, NULL };
	struct xf_text plain = { .runs = { &run, 1 } };

	add_texts(b, texts, &plain);
}

/* --- choices --- */

struct place { struct codebook_column *column; struct map *seen; };

/* The choice of that value; made if it is new. */
static struct codebook_choice *choice_of(struct builder *b,
	const struct place *at, const char *value)
{
	void *there = map_get(at->seen, value);
	struct codebook_choice new;

	if (there != NULL)
		return &at->column->choices.items[(uintptr_t)there - 1];
	new.value = arena_strdup(b->arena, value);
	new.labels = no_texts(b);
	vec_push(&at->column->choices, new);
	map_set(at->seen, new.value,
		(void *)(uintptr_t)at->column->choices.n);
	return &at->column->choices.items[at->column->choices.n - 1];
}

static const char *child_text(struct builder *b, struct xp_node item,
	const char *name)
{
	const struct xp_tree_ops *ops = item.tree->ops;
	uintptr_t child = ops->first_child(item.tree, item.at);

	while (child != 0 && (ops->kind(item.tree, child) != XML_ELEMENT ||
			strcmp(ops->local(item.tree, child), name) != 0))
		child = ops->next(item.tree, child);
	return child != 0 ? ops->text(item.tree, child, b->scratch) : NULL;
}

static void add_item(struct builder *b, const struct place *at,
	const struct xf_itemset *set, struct xp_node item)
{
	struct arena_mark mark = arena_mark(b->scratch);
	const char *value = child_text(b, item, set->value_name);
	const char *label = set->label_name == NULL ? NULL :
		child_text(b, item, set->label_name);

	if (value != NULL && value[0] != '\0') {
		struct codebook_choice *choice = choice_of(b, at, value);

		if (label != NULL && set->label_is_itext) {
			struct xf_text text = { .itext =
				map_get(&b->form->itext, label) };

			add_texts(b, choice->labels, &text);
		} else if (label != NULL) {
			add_plain(b, choice->labels, label);
		}
	}
	arena_reset(b->scratch, mark);
}

/* The steps below instance('...'), without conditions: "root/item".  NULL if
 * they are not plain names. */
static char *plain_steps(const char *nodeset)
{
	const char *c = strchr(nodeset, ')');
	struct str steps = STR_INIT;
	int depth = 0;
	char quote = '\0';

	for (c = c != NULL ? c + 1 : ""; *c != '\0'; c++) {
		if (quote != '\0') {
			quote = *c == quote ? '\0' : quote;
			continue;
		}
		if (depth > 0 && (*c == '"' || *c == '\''))
			quote = *c;
		depth += *c == '[';
		if (depth == 0 && strchr(" \t\r\n", *c) == NULL &&
				!(*c == '/' && steps.len == 0))
			str_addc(&steps, *c);
		depth -= *c == ']';
	}
	if (steps.len > 0 && steps.data[steps.len - 1] != '/' &&
			strpbrk(steps.data, "(),*@:.|") == NULL &&
			strstr(steps.data, "//") == NULL)
		return str_steal(&steps);
	str_release(&steps);
	return NULL;
}

/* Everything that the steps lead to, in document order. */
static void walk_items(struct builder *b, const struct place *at,
	const struct xf_itemset *set, struct xp_node node, const char *steps)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	size_t n = strcspn(steps, "/");

	if (*steps == '\0') {
		add_item(b, at, set, node);
		return;
	}
	for (uintptr_t c = ops->first_child(node.tree, node.at); c != 0;
			c = ops->next(node.tree, c)) {
		const char *local;

		if (ops->kind(node.tree, c) != XML_ELEMENT)
			continue;
		local = ops->local(node.tree, c);
		if (strncmp(local, steps, n) == 0 && local[n] == '\0')
			walk_items(b, at, set,
				(struct xp_node){ node.tree, c },
				steps + n + (steps[n] == '/'));
	}
}

static void add_itemset(struct builder *b, const struct place *at,
	const struct xf_itemset *set)
{
	const struct xf_secondary *list = set->instance == NULL ? NULL :
		map_get(&b->form->secondary, set->instance);
	const char *text = set->nodeset->text;
	char *steps;

	if (list == NULL || list->tree == NULL || list->is_last_saved ||
			set->value_name == NULL)
		return;
	text += strspn(text, " \t\r\n");
	if (strncmp(text, "instance", 8) != 0)
		return;			/* in an order by chance */
	steps = plain_steps(text);
	if (steps != NULL)
		walk_items(b, at, set, list->root, steps);
	free(steps);
}

static void add_choices(struct builder *b, const struct place *at,
	const struct xf_control *control)
{
	if (control->itemset != NULL)
		add_itemset(b, at, control->itemset);
	for (size_t i = 0; i < control->n_choices; i++)
		if (control->choices[i].value[0] != '\0')
			add_texts(b, choice_of(b, at,
				control->choices[i].value)->labels,
				&control->choices[i].label);
}

/* --- questions --- */

static bool is_select(const struct xf_control *control)
{
	return control->kind == XF_SELECT1 || control->kind == XF_SELECT ||
		control->kind == XF_RANK;
}

static const char *type_of(const struct xf_node *node)
{
	for (unsigned i = 0; i < node->n_controls; i++)
		switch (node->controls[i]->kind) {
		case XF_SELECT1:
			return "select_one";
		case XF_SELECT:
			return "select_multiple";
		case XF_RANK:
			return "rank";
		case XF_TRIGGER:
			return "trigger";
		default:
			break;
		}
	return node->bind->type_name;
}

static void add_place(struct builder *b, struct codebook_column *column,
	const char *path)
{
	struct codebook_place new = {
		arena_strdup(b->arena, b->form->version),
		arena_strdup(b->arena, path)
	};

	for (size_t i = 0; i < column->places.n; i++)
		if (strcmp(column->places.items[i].version, new.version) == 0 &&
				strcmp(column->places.items[i].path, path) == 0)
			return;
	vec_push(&column->places, new);
}

static void add_question(struct builder *b, const struct place *at,
	const struct xf_node *node, const char *path)
{
	struct codebook_column *column = at->column;

	if (column->type == NULL)
		column->type = arena_strdup(b->arena, type_of(node));
	for (unsigned i = 0; i < node->n_controls; i++) {
		const struct xf_control *control = node->controls[i];

		add_texts(b, column->labels, control->label);
		add_texts(b, column->hints, control->hint);
		column->is_multiple = column->is_multiple ||
			control->kind == XF_SELECT || control->kind == XF_RANK;
		if (is_select(control))
			add_choices(b, at, control);
	}
	add_place(b, column, path);
}

static void add_repeat(struct builder *b, const struct xf_node *node, int table)
{
	for (unsigned i = 0; i < node->n_controls; i++)
		add_texts(b, b->book->tables[table].labels,
			node->controls[i]->label);
}

/* Down the form and the layout together. */
static void visit(struct builder *b, const struct xf_node *node,
	const struct layout_node *plan, const char *path, int table)
{
	if (plan->table >= 0)
		table = plan->table;
	if (node->is_repeat)
		add_repeat(b, node, table);
	else if (node->is_value && plan->column >= 0 && table >= 0)
		add_question(b, &(struct place){
			&b->book->tables[table].columns[plan->column],
			&b->seen[table][plan->column] }, node, path);
	for (unsigned i = 0; i < node->n_children; i++) {
		const struct xf_node *child = node->children[i];
		const struct layout_node *there =
			map_get(&plan->children, child->local);

		if (there != NULL)
			visit(b, child, there, path[0] == '\0' ? child->local :
				arena_printf(b->scratch, "%s/%s", path,
					child->local), table);
	}
}

/* --- the book --- */

static void begin(struct builder *b, const struct layout *layout)
{
	struct codebook *book = b->book;

	book->n_tables = layout->tables.n;
	book->tables = ARENA_ARRAY(b->arena, struct codebook_table,
		layout->tables.n + 1);
	b->seen = ARENA_ARRAY(b->scratch, struct map *, layout->tables.n + 1);
	for (size_t t = 0; t < layout->tables.n; t++) {
		size_t n = layout->tables.items[t].columns.n;
		struct codebook_table *table = &book->tables[t];

		table->labels = no_texts(b);
		table->n_columns = n;
		table->columns = ARENA_ARRAY(b->arena, struct codebook_column,
			n + 1);
		b->seen[t] = ARENA_ARRAY(b->scratch, struct map, n + 1);
		for (size_t c = 0; c < n; c++) {
			table->columns[c].labels = no_texts(b);
			table->columns[c].hints = no_texts(b);
			map_init(&b->seen[t][c]);
		}
	}
}

static void add_version(struct builder *b, const struct layout *layout,
	const struct xform *form)
{
	b->form = form;
	match_languages(b);
	if (layout->tables.n > 0 && form->title != NULL)
		add_plain(b, b->book->tables[0].labels, form->title);
	if (form->root != NULL)
		visit(b, form->root, layout->root, "", 0);
}

static void end(struct builder *b)
{
	for (size_t t = 0; t < b->book->n_tables; t++)
		for (size_t c = 0; c < b->book->tables[t].n_columns; c++) {
			if (b->book->tables[t].columns[c].type == NULL)
				b->book->tables[t].columns[c].type = "string";
			map_release(&b->seen[t][c]);
		}
	arena_free(b->scratch);
}

struct codebook *codebook_new(const struct layout *layout,
	const struct xform *const *versions, size_t n_versions)
{
	struct arena *arena = arena_new();
	struct builder b = { .arena = arena, .scratch = arena_new(),
		.book = ARENA_NEW(arena, struct codebook) };

	b.book->arena = arena;
	add_languages(b.book, versions, n_versions);
	b.languages = ARENA_ARRAY(b.scratch, int, b.book->languages.n);
	begin(&b, layout);
	for (size_t i = 0; layout->tables.n > 0 && i < n_versions; i++)
		add_version(&b, layout, versions[i]);
	end(&b);
	return b.book;
}

void codebook_free(struct codebook *book)
{
	if (book == NULL)
		return;
	for (size_t t = 0; t < book->n_tables; t++)
		for (size_t c = 0; c < book->tables[t].n_columns; c++) {
			vec_release(&book->tables[t].columns[c].choices);
			vec_release(&book->tables[t].columns[c].places);
		}
	vec_release(&book->languages);
	arena_free(book->arena);
}

struct codebook *codebook_load(struct store *store,
	const struct layout *layout, struct err *err)
{
	struct store_forms forms = STORE_FORMS_INIT;
	struct codebook *book = NULL;

	if (store_forms_load(store, layout->form, &forms, err))
		book = codebook_new(layout,
			(const struct xform *const *)forms.list.items,
			forms.list.n);
	store_forms_release(&forms);
	return book;
}
