/*
 * Choices: written in the control, or an itemset that follows the answers.
 * A value whose choice is away is no part of the value while it is away, but
 * it is kept.  Source: engine protocol, section 5; ODK XForms, "Itemset".
 */
#include "config.h"

#include "base/gettext.h"
#include "base/intern.h"
#include "base/mem.h"
#include "session/node.h"

const struct xf_control *node_select(const struct xf_node *form)
{
	for (unsigned i = 0; i < form->n_controls; i++)
		switch (form->controls[i]->kind) {
		case XF_SELECT1:
		case XF_SELECT:
		case XF_RANK:
			return form->controls[i];
		default:
			break;
		}
	return NULL;
}

void choices_free(struct choice_cache *cache)
{
	if (cache == NULL || cache->holders-- > 0)
		return;
	arena_free(cache->arena);
	free(cache);
}

void choices_hold(const struct choices *choices)
{
	if (choices->of != NULL)
		choices->of->holders++;
}

void choices_let_go(struct choices *choices)
{
	choices_free(choices->of);
	*choices = (struct choices){ NULL, 0, NULL };
}

/* --- values of several words --- */

static bool next_word(const char **at, const char **word, size_t *n)
{
	*word = *at + strspn(*at, " \t\r\n");
	*n = strcspn(*word, " \t\r\n");
	*at = *word + *n;
	return *n > 0;
}

static void add_word(struct str *to, const char *word, size_t n)
{
	if (to->len > 0)
		str_addc(to, ' ');
	str_addn(to, word, n);
}

/* Which words of a value are among the choices, which are looked at one by
 * one: both may be many. */
struct words {
	char *copy;			/* a NUL behind each word */
	struct map map;			/* word -> &word_away or &word_seen */
	size_t n_away;
};

static char word_away, word_seen;

static void words_split(struct words *w, const char *value)
{
	const char *at, *word;
	size_t n;

	*w = (struct words){ xstrdup(value), MAP_INIT, 0 };
	for (at = w->copy; next_word(&at, &word, &n);) {
		if (*at != '\0')
			w->copy[at++ - w->copy] = '\0';
		w->n_away += map_set(&w->map, word, &word_away) == NULL;
	}
}

/* False: there is no need to look at more choices. */
static bool words_see(struct words *w, const char *choice)
{
	if (map_get(&w->map, choice) == &word_away) {
		map_set(&w->map, choice, &word_seen);
		w->n_away--;
	}
	return w->n_away > 0;
}

/* Those that were seen, in the value's order; free() it. */
static char *words_finish(struct words *w, const char *value)
{
	struct str out = STR_INIT;
	const char *at = w->copy, *end = w->copy + strlen(value), *word;
	size_t n;

	for (; at < end; at += at < end) {
		if (next_word(&at, &word, &n) &&
				map_get(&w->map, word) == &word_seen)
			add_word(&out, word, n);
	}
	map_release(&w->map);
	free(w->copy);
	return str_steal(&out);
}

char *static_choices_only(const struct xf_control *control, const char *value)
{
	struct words words;

	if (control->kind == XF_SELECT1) {
		for (size_t i = 0; i < control->n_choices; i++)
			if (strcmp(control->choices[i].value, value) == 0)
				return xstrdup(value);
		return xstrdup("");
	}
	words_split(&words, value);
	for (size_t i = 0; i < control->n_choices; i++)
		if (!words_see(&words, control->choices[i].value))
			break;
	return words_finish(&words, value);
}

/* --- itemsets --- */

static bool eval_items(struct session *s, struct node *n,
	const struct xf_itemset *set, struct xp_nodeset *items)
{
	struct xp_context ctx = node_context(s, n);
	struct err err = ERR_INIT;
	struct xp_value value;

	items->n = 0;
	if (!xpath_eval(set->nodeset->program, &ctx, &value, &err)) {
		note_failure(s, n, set->nodeset, &err);
		return false;
	}
	if (value.type == XP_NODESET)
		*items = value.nodes;
	return true;
}

/* A plain child of an item by name, the common case, without the evaluator. */
static const char *child_text(struct session *s, struct xp_node item,
	const char *name)
{
	const struct xp_tree_ops *ops = item.tree->ops;
	uintptr_t child = 0;

	if (ops->child_named != NULL) {
		child = ops->child_named(item.tree, item.at, 0, NULL, name);
	} else {
		child = ops->first_child(item.tree, item.at);
		while (child != 0 && ops->local(item.tree, child) != name)
			child = ops->next(item.tree, child);
	}
	return child != 0 ? ops->text(item.tree, child, s->scratch) : "";
}

static const char *item_text(struct session *s, struct node *n,
	struct xp_node item, const char *name, const struct xf_expr *expr)
{
	struct xp_context ctx = node_context(s, n);
	struct err err = ERR_INIT;
	const char *text;

	if (name != NULL)
		return child_text(s, item, name);
	if (expr == NULL)
		return "";
	ctx.node = ctx.current = item;
	if (xpath_eval_text(expr->program, &ctx, &text, &err))
		return text;
	note_failure(s, n, expr, &err);
	return "";
}

static const char *item_value(struct session *s, struct node *n,
	struct xp_node item, const struct xf_itemset *set)
{
	return item_text(s, n, item, set->value_name, set->value);
}

static const char *item_label(struct session *s, struct node *n,
	struct xp_node item, const struct xf_itemset *set)
{
	const char *label = item_text(s, n, item, set->label_name, set->label);

	if (set->label_is_itext) {
		const char *text = s->env.itext(s, label, s->scratch);

		return text != NULL ? text : "";
	}
	return label;
}

static const struct xf_itext *item_itext(struct session *s, struct node *n,
	struct xp_node item, const struct xf_itemset *set)
{
	return map_get(&s->form->itext, item_text(s, n, item, set->label_name,
		set->label));
}

/* "name_en" in Urdu is "name_ur", "label" is "label_ur", if any list has such a
 * column; NULL: none has, or the label is not of a column. */
static const char *column_in_language(const struct session *s,
	const struct xf_itemset *set)
{
	const struct xform *form = s->form;
	struct str name = STR_INIT;
	const char *code, *found;
	size_t n, length;

	if (set->label_name == NULL || set->label_is_itext ||
			form->n_languages == 0 ||
			s->language == form->default_language)
		return NULL;
	length = strlen(set->label_name);
	code = xf_language_code(form->languages[form->default_language], &n);
	if (length > n + 1 && set->label_name[length - n - 1] == '_' &&
			strncmp(set->label_name + length - n, code, n) == 0)
		length -= n + 1;
	code = xf_language_code(form->languages[s->language], &n);
	str_addf(&name, "%.*s_%.*s", (int)length, set->label_name, (int)n,
		code);
	found = intern_find(name.data, name.len);
	str_release(&name);
	return found;
}

static const char *shown_label(struct session *s, struct choice_cache *cache,
	struct xp_node item, const char *column, const char *label)
{
	const char *text = column == NULL ? "" : child_text(s, item, column);

	return text[0] != '\0' ? arena_strdup(cache->arena, text) : label;
}

static void fill_from_itemset(struct session *s, struct node *n,
	const struct xf_itemset *set, struct choice_cache *cache)
{
	struct arena_mark mark = arena_mark(s->scratch);
	struct xp_nodeset items = { 0 };
	const char *column = column_in_language(s, set);

	eval_items(s, n, set, &items);
	cache->choices.items = ARENA_ARRAY(cache->arena, struct choice, items.n);
	cache->choices.n = items.n;
	for (size_t i = 0; i < items.n; i++) {
		struct choice *c = &cache->choices.items[i];

		c->value = arena_strdup(cache->arena,
			item_value(s, n, items.items[i], set));
		c->label = arena_strdup(cache->arena,
			item_label(s, n, items.items[i], set));
		c->shown = shown_label(s, cache, items.items[i], column,
			c->label);
		c->is_original = set->label_is_itext && session_is_original(s,
			item_itext(s, n, items.items[i], set), XF_TEXT_PLAIN);
	}
	arena_reset(s->scratch, mark);
}

static void fill_from_control(struct session *s, struct node *n,
	const struct xf_control *control, struct choice_cache *cache)
{
	cache->choices.items = ARENA_ARRAY(cache->arena, struct choice,
		control->n_choices);
	cache->choices.n = control->n_choices;
	for (size_t i = 0; i < control->n_choices; i++) {
		struct choice *c = &cache->choices.items[i];
		char *label = session_text(s, n, &control->choices[i].label,
			XF_TEXT_PLAIN);

		c->value = control->choices[i].value;
		c->label = arena_strdup(cache->arena,
			label != NULL ? label : c->value);
		c->shown = c->label;
		c->is_original = label != NULL && session_is_original(s,
			control->choices[i].label.itext, XF_TEXT_PLAIN);
		free(label);
	}
}

/* --- one by one, with what they come from --- */

static void visit_items(struct session *s, struct node *n,
	const struct xf_itemset *set, choice_visit *visit, void *data)
{
	struct arena_mark mark = arena_mark(s->scratch);
	struct xp_nodeset items = { 0 };

	eval_items(s, n, set, &items);
	for (size_t i = 0; i < items.n; i++) {
		struct arena_mark one = arena_mark(s->scratch);
		struct xf_text text = { 0 };
		struct choice_source c = { .item = items.items[i] };

		c.value = item_value(s, n, c.item, set);
		c.label = item_text(s, n, c.item, set->label_name, set->label);
		if (set->label_is_itext) {
			text.itext = map_get(&s->form->itext, c.label);
			c.text = text.itext != NULL ? &text : NULL;
		}
		visit(data, &c);
		arena_reset(s->scratch, one);
	}
	arena_reset(s->scratch, mark);
}

bool session_each_choice(struct session *s, struct node *n,
	const struct xf_control *control, choice_visit *visit, void *data,
	struct err *err)
{
	if (control == NULL)
		control = node_select(n->form);
	if (control == NULL)
		return err_set(err, ERR_REFUSED, _("'%s' has no choices"),
			n->form->ref);
	if (control->itemset != NULL)
		visit_items(s, n, control->itemset, visit, data);
	for (size_t i = 0; i < control->n_choices; i++) {
		const struct xf_choice *choice = &control->choices[i];
		struct choice_source c = { .value = choice->value,
			.text = &choice->label, .label = choice->value };

		visit(data, &c);
	}
	return !take_failure(s, err);
}

/* Are they known, as they are now? */
static bool has_choices(const struct node *n, const struct xf_control *control)
{
	return n->choices != NULL && n->choices->control == control &&
		!(n->dirty & property_bit(XF_P_CHOICES));
}

bool session_choices(struct session *s, struct node *n,
	const struct xf_control *control, struct choices *choices,
	struct err *err)
{
	struct choice_cache *cache;
	bool has_failed = s->failure.code != ERR_NONE;	/* somewhere else */

	if (control == NULL)
		control = node_select(n->form);
	if (control == NULL)
		return err_set(err, ERR_REFUSED, _("'%s' has no choices"),
			n->form->ref);
	if (has_choices(n, control) && n->choices->language == s->language &&
			control->itemset != NULL &&
			!(control->itemset->label_is_itext &&
			s->form->itext_has_outputs)) {
		*choices = n->choices->choices;
		return true;
	}
	cache = xcalloc(1, sizeof *cache);
	cache->arena = arena_new();
	cache->control = control;
	cache->language = s->language;
	if (control->itemset != NULL)
		fill_from_itemset(s, n, control->itemset, cache);
	else
		fill_from_control(s, n, control, cache);
	cache->choices.of = cache;
	undo_keep_state(s, n);
	choices_free(n->choices);
	n->choices = cache;
	/* Away from view, what it reads is empty and would be remembered so. */
	if (node_is_relevant(s, n) && (n->dirty & property_bit(XF_P_CHOICES))) {
		n->dirty &= (uint8_t)~property_bit(XF_P_CHOICES);
		free(n->shown);
		n->shown = NULL;
	}
	*choices = cache->choices;
	return has_failed || !take_failure(s, err);
}

/* --- the value without what is away --- */

static bool is_offered_one(struct session *s, struct node *n,
	const struct xf_itemset *set, const struct xp_nodeset *items)
{
	for (size_t i = 0; i < items->n; i++)
		if (strcmp(item_value(s, n, items->items[i], set),
				n->raw) == 0)
			return true;
	return false;
}

static char *offered_only(struct session *s, struct node *n,
	const struct xf_itemset *set, const struct xp_nodeset *items)
{
	struct words words;

	words_split(&words, n->raw);
	for (size_t i = 0; i < items->n; i++)
		if (!words_see(&words, item_value(s, n, items->items[i], set)))
			break;
	return words_finish(&words, n->raw);
}

/* A list that reads the value it is for is another one for each value. */
static bool reads_itself(const struct node *n)
{
	const struct xf_dependents *dependents = &n->form->dependents;

	for (size_t i = 0; i < dependents->n; i++)
		if (dependents->items[i].node == n->form &&
				dependents->items[i].property == XF_P_CHOICES)
			return true;
	return false;
}

/* Of a list that is known: no need to evaluate it again. */
static char *present_of_known(const struct node *n,
	const struct choices *choices, bool several)
{
	struct words words;

	if (several) {
		words_split(&words, n->raw);
		for (size_t i = 0; i < choices->n; i++)
			if (!words_see(&words, choices->items[i].value))
				break;
		return words_finish(&words, n->raw);
	}
	for (size_t i = 0; i < choices->n; i++)
		if (strcmp(choices->items[i].value, n->raw) == 0)
			return xstrdup(n->raw);
	return xstrdup("");
}

static char *present_only(struct session *s, struct node *n,
	const struct xf_control *control)
{
	struct arena_mark mark = arena_mark(s->scratch);
	struct xp_nodeset items = { 0 };
	char *present;

	if (has_choices(n, control) && !reads_itself(n))
		return present_of_known(n, &n->choices->choices,
			control->kind != XF_SELECT1);
	if (!eval_items(s, n, control->itemset, &items))
		present = xstrdup(n->raw);
	else if (control->kind != XF_SELECT1)
		present = offered_only(s, n, control->itemset, &items);
	else
		present = xstrdup(is_offered_one(s, n, control->itemset,
			&items) ? n->raw : "");
	arena_reset(s->scratch, mark);
	return present;
}

const char *node_shown_value(struct session *s, struct node *n)
{
	uint8_t bit = property_bit(XF_P_CHOICES);
	const struct xf_control *control;

	if (n->raw == NULL)
		return "";
	control = node_select(n->form);
	if (control == NULL || control->itemset == NULL || control->is_open)
		return n->raw;
	if (n->busy & bit)		/* its own list asks for it */
		return n->raw;
	if (n->shown == NULL || (n->dirty & bit)) {
		bool was_dirty = (n->dirty & bit) != 0;

		undo_keep_state(s, n);
		n->busy |= bit;
		free(n->shown);
		n->shown = present_only(s, n, control);
		n->busy &= (uint8_t)~bit;
		n->dirty &= (uint8_t)~bit;
		if (was_dirty && n->choices != NULL) {	/* computed before the
							 * change */
			choices_free(n->choices);
			n->choices = NULL;
		}
	}
	return n->shown;
}
