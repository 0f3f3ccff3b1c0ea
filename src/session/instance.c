/* Nodes of a record: made from the form's instance or from a record's XML. */
#include "config.h"

#include "base/gettext.h"
#include "base/intern.h"
#include "base/mem.h"
#include "session/node.h"

static void begin_dirty(struct session *s, struct node *n, enum xf_property p)
{
	n->dirty |= property_bit(p);
	note_mark(s, n, p);
}

struct node *node_new(struct session *s, const struct xf_node *form,
	struct node *parent)
{
	struct node *n = xcalloc(1, sizeof *n);
	const struct xf_bind *b = form->bind;

	n->form = form;
	n->parent = parent;
	n->id = ++s->last_id;
	ids_add(s, n);
	s->n_nodes++;
	n->relevant = n->constraint_ok = true;
	if (!form->is_value)
		n->slots = xcalloc(form->n_children, sizeof *n->slots);
	if (b->calculate != NULL) {
		begin_dirty(s, n, XF_P_VALUE);
		note_timely(s, n);
	}
	if (b->relevant != NULL)
		begin_dirty(s, n, XF_P_RELEVANT);
	if (b->readonly != NULL)
		n->dirty |= property_bit(XF_P_READONLY);
	if (b->required != NULL)
		n->dirty |= property_bit(XF_P_REQUIRED);
	if (b->constraint != NULL)
		n->dirty |= property_bit(XF_P_CONSTRAINT);
	if (node_select(form) != NULL && node_select(form)->itemset != NULL)
		n->dirty |= property_bit(XF_P_CHOICES);
	note_stale(s, n);
	if (form->n_attributes > 0) {
		n->attributes = xcalloc(form->n_attributes,
			sizeof *n->attributes);
		for (unsigned i = 0; i < form->n_attributes; i++) {
			n->attributes[i].owner = n;
			n->attributes[i].form = &form->attributes[i];
		}
	}
	for (unsigned i = 0; i < form->n_children; i++)
		if (form->children[i]->is_repeat &&
				form->children[i]->count != NULL) {
			n->dirty |= property_bit(XF_P_COUNT);
			vec_push(&s->counts, n);
			break;
		}
	return n;
}

void node_free(struct node *n)
{
	if (n == NULL)
		return;
	if (n->slots != NULL) {
		for (unsigned i = 0; i < n->form->n_children; i++) {
			for (uint32_t k = 0; k < n->slots[i].n; k++)
				node_free(n->slots[i].items[k]);
			free(n->slots[i].items);
		}
		free(n->slots);
	}
	if (n->attributes != NULL) {
		for (unsigned i = 0; i < n->form->n_attributes; i++)
			free(n->attributes[i].value);
		free(n->attributes);
	}
	choices_free(n->choices);
	free(n->raw);
	free(n->shown);
	free(n);
}

static void slot_insert(struct slot *slot, size_t position, struct node *n)
{
	if (slot->n == slot->cap) {
		slot->cap = slot->cap > 0 ? 2 * slot->cap : 1;
		slot->items = xreallocarray(slot->items, slot->cap,
			sizeof *slot->items);
	}
	memmove(slot->items + position + 1, slot->items + position,
		(slot->n - position) * sizeof *slot->items);
	slot->items[position] = n;
	slot->n++;
	for (size_t i = position; i < slot->n; i++)
		slot->items[i]->position = (uint32_t)i;
}

static bool is_template(const struct xml_node *xml)
{
	return xml_attribute(xml, NS_JAVAROSA, "template") != NULL;
}

/* The child that an element means; NULL: none.  Records of other programs may
 * have lost the namespace. */
static const struct xf_node *meant_by(const struct xml_node *xml,
	const struct xf_node *form)
{
	const struct xf_node *child = xml->kind == XML_ELEMENT ?
		xf_child(form, xml->local) : NULL;

	if (child == NULL || !child->has_twin)
		return child;
	for (unsigned i = 0; i < form->n_children; i++)
		if (form->children[i]->local == xml->local &&
				form->children[i]->ns == xml->ns)
			return form->children[i];
	return NULL;
}

/* White space around a default is the form's layout. */
static const char *trimmed(const char *text, struct arena *arena)
{
	static const char space[] = " \t\r\n";
	size_t n;

	text += strspn(text, space);
	n = strlen(text);
	while (n > 0 && strchr(space, text[n - 1]) != NULL)
		n--;
	return arena_strndup(arena, text, n);
}

static void fill_value(struct session *s, struct node *n,
	const struct xml_node *xml, struct problems *problems)
{
	struct arena_mark mark = arena_mark(s->scratch);
	const char *text = xml_text_of(xml, s->scratch);
	char *cast;

	if (!s->is_loading)
		text = trimmed(text, s->scratch);
	cast = value_cast(n->form, text, NULL);

	if (problems != NULL && text[0] != '\0' && strcmp(text, cast) != 0 &&
			cast[0] == '\0')
		problem_add(problems, SEVERITY_WARNING, ERR_RECORD, "", 0, 0,
			n->form->ref, NULL,
			_("'%s' is no %s: it was left out"), text,
			n->form->bind->type_name);
	node_store(s, n, cast);
	free(cast);
	arena_reset(s->scratch, mark);
}

static void fill_attributes(struct node *n, const struct xml_node *xml)
{
	for (unsigned i = 0; i < n->form->n_attributes; i++) {
		const struct xf_attribute *a = &n->form->attributes[i];
		const char *value = xml_attribute(xml, a->ns, a->local);

		if (value == NULL || strcmp(value, a->value) == 0)
			continue;
		free(n->attributes[i].value);
		n->attributes[i].value = xstrdup(value);
	}
}

static void add_child(struct session *s, struct node *n, unsigned slot,
	const struct xml_node *xml, bool emptied, struct problems *problems)
{
	struct node *child = node_new(s, n->form->children[slot], n);

	slot_insert(&n->slots[slot], n->slots[slot].n, child);
	if (xml != NULL)
		node_fill(s, child, xml, emptied, problems);
}

/* Elements of the record that the form does not know. */
static void report_strangers(const struct node *n, const struct xml_node *xml,
	struct problems *problems)
{
	for (const struct xml_node *x = xml->first; x != NULL; x = x->next)
		if (x->kind == XML_ELEMENT && meant_by(x, n->form) == NULL)
			problem_add(problems, SEVERITY_WARNING, ERR_RECORD, "",
				0, 0, n->form->ref, NULL,
				_("the form has no '%s' here: it was left out"),
				x->local);
}

/* The elements below `xml` by the child of the form that they mean: those of
 * slot i are items[begin[i]] to items[begin[i + 1]]. */
struct by_slot { const struct xml_node **items; uint32_t *begin; };

static bool is_of_form(const struct xml_node *x, const struct xf_node *child)
{
	return child != NULL && !(child->is_repeat && is_template(x)) &&
		!(child->is_optional && x == child->template_xml);
}

static struct by_slot sort_elements(struct session *s, const struct node *n,
	const struct xml_node *xml)
{
	unsigned n_slots = n->form->n_children;
	struct by_slot sorted;
	uint32_t *end = ARENA_ARRAY(s->scratch, uint32_t, n_slots + 2u);

	for (const struct xml_node *x = xml->first; x != NULL; x = x->next) {
		const struct xf_node *child = meant_by(x, n->form);

		if (is_of_form(x, child))
			end[child->slot + 2]++;
	}
	for (unsigned i = 1; i <= n_slots; i++)
		end[i + 1] += end[i];
	sorted.begin = end;
	end++;			/* while filling: where slot i goes on */
	sorted.items = arena_alloc(s->scratch,
		(end[n_slots] + 1u) * sizeof *sorted.items);
	for (const struct xml_node *x = xml->first; x != NULL; x = x->next) {
		const struct xf_node *child = meant_by(x, n->form);

		if (is_of_form(x, child))
			sorted.items[end[child->slot]++] = x;
	}
	return sorted;
}

/* New instances of it are made like the first, but empty. */
static bool is_emptied_repeat(const struct xf_node *repeat)
{
	return repeat != NULL && repeat->template_xml != NULL &&
		!is_template(repeat->template_xml);
}

static void fill_slot(struct session *s, struct node *n, unsigned slot,
	const struct by_slot *sorted, bool emptied, struct problems *problems)
{
	const struct xf_node *child = n->form->children[slot];
	uint32_t i = sorted->begin[slot], end = sorted->begin[slot + 1];

	if (child->is_repeat)		/* ids are in the order of the form */
		session_repeat_id(s, n, child);
	else if (end > i)
		end = i + 1;
	for (; i < end; i++)
		add_child(s, n, slot, sorted->items[i], emptied, problems);
	/* The form's default for what the record left out. */
	if (!child->is_repeat && !child->is_optional && n->slots[slot].n == 0)
		add_child(s, n, slot, child->template_xml, emptied ||
			(s->load_problems != NULL &&
			is_emptied_repeat(n->form->repeat)), NULL);
}

void node_fill(struct session *s, struct node *n, const struct xml_node *xml,
	bool emptied, struct problems *problems)
{
	struct arena_mark mark = arena_mark(s->scratch);
	struct by_slot sorted;

	if (n->attributes != NULL)
		fill_attributes(n, xml);
	if (n->form->is_value) {
		if (!emptied)
			fill_value(s, n, xml, problems);
		return;
	}
	sorted = sort_elements(s, n, xml);
	for (unsigned i = 0; i < n->form->n_children; i++)
		fill_slot(s, n, i, &sorted, emptied, problems);
	if (problems != NULL)
		report_strangers(n, xml, problems);
	arena_reset(s->scratch, mark);
}

/* The form's own instance at that position; NULL: it gives less. */
static const struct xml_node *given_instance(const struct xf_node *repeat,
	size_t position)
{
	const struct xml_node *xml = repeat->template_xml;

	if (xml == NULL || position >= repeat->n_given)
		return NULL;
	for (xml = xml->parent->first; xml != NULL; xml = xml->next)
		if (xml->kind == XML_ELEMENT && xml->local == repeat->local &&
				xml->ns == repeat->ns && !is_template(xml) &&
				position-- == 0)
			return xml;
	return NULL;
}

struct node *instance_insert(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position)
{
	const struct xml_node *given = NULL;
	struct node *n = node_new(s, repeat, parent);

	slot_insert(&parent->slots[repeat->slot], position, n);
	s->shape++;
	undo_inserted(s, n);
	if (repeat->count != NULL)
		given = given_instance(repeat, position);
	if (given != NULL) {
		node_fill(s, n, given, false, NULL);
		return n;
	}
	/* Without a template an instance is made like the first, but empty. */
	if (repeat->template_xml != NULL)
		node_fill(s, n, repeat->template_xml,
			!is_template(repeat->template_xml), NULL);
	return n;
}

static size_t count_below(const struct node *n)
{
	size_t count = 1;

	if (n->slots == NULL)
		return count;
	for (unsigned i = 0; i < n->form->n_children; i++)
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			count += count_below(n->slots[i].items[k]);
	return count;
}

static bool goes(const struct node *n)
{
	for (; n != NULL; n = n->parent)
		if (n->is_going)
			return true;
	return false;
}

/* Pointers into instances that go must not stay behind. */
static void forget_marks(struct session *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->marks.n; i++) {
		struct mark *m = &s->marks.items[i];

		if (!goes(m->node))
			s->marks.items[kept++] = *m;
		else
			m->node->listed &= (uint8_t)~property_bit(m->property);
	}
	s->marks.n = kept;
}

#define FORGET(list) do { \
	size_t kept_ = 0; \
	for (size_t i_ = 0; i_ < (list)->n; i_++) \
		if (!goes((list)->items[i_])) \
			(list)->items[kept_++] = (list)->items[i_]; \
	(list)->n = kept_; \
} while (0)

static void forget_stale(struct session *s)
{
	for (size_t i = 0; i < s->stale.n; i++)
		if (goes(s->stale.items[i]))
			s->stale.items[i]->is_stale = false;
	for (size_t i = 0; i < s->asleep.n; i++)
		if (goes(s->asleep.items[i]))
			s->asleep.items[i]->is_asleep = false;
	FORGET(&s->stale);
	FORGET(&s->asleep);
}

static void forget_going(struct session *s)
{
	forget_marks(s);
	forget_stale(s);
	FORGET(&s->counts);
	FORGET(&s->waiting);
	FORGET(&s->unsaved);
	FORGET(&s->timely);
	FORGET(&s->written_over);
}

void instances_remove(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position, size_t count)
{
	struct slot *slot = &parent->slots[repeat->slot];
	size_t end = position + count;

	for (size_t i = position; i < end; i++)
		slot->items[i]->is_going = true;
	forget_going(s);
	for (size_t i = position; i < end; i++) {
		slot->items[i]->is_going = false;
		ids_forget_below(s, slot->items[i]);
		s->n_nodes -= count_below(slot->items[i]);
		/* Put back in reverse, each at the place of the first. */
		undo_take_removed(s, slot->items[i], position);
	}
	memmove(slot->items + position, slot->items + end,
		(slot->n - end) * sizeof *slot->items);
	slot->n -= (uint32_t)count;
	s->shape++;
	for (size_t i = position; i < slot->n; i++)
		slot->items[i]->position = (uint32_t)i;
}

void instance_restore(struct session *s, struct node *n, size_t position)
{
	slot_insert(&n->parent->slots[n->form->slot], position, n);
	ids_restore_below(s, n);
	s->shape++;
	s->n_nodes += count_below(n);
}

struct node *instance_add_optional(struct session *s, struct node *parent,
	const struct xf_node *form)
{
	if (parent->slots[form->slot].n == 0) {
		slot_insert(&parent->slots[form->slot], 0,
			node_new(s, form, parent));
		s->shape++;
	}
	return parent->slots[form->slot].items[0];
}

bool node_has_answer(const struct node *n)
{
	if (n->form->is_value)
		return n->answered && n->raw != NULL;
	for (unsigned i = 0; i < n->form->n_children; i++)
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			if (node_has_answer(n->slots[i].items[k]))
				return true;
	return false;
}

/* --- finding and walking --- */

struct node *session_root(struct session *s) { return s->root; }
const struct xform *session_form(const struct session *s) { return s->form; }
uint64_t session_revision(const struct session *s) { return s->revision; }
const struct xf_node *node_form(const struct node *n) { return n->form; }
uint32_t node_id(const struct node *n) { return n->id; }
const char *node_raw_value(const struct node *n)
{
	return n->raw != NULL ? n->raw : "";
}

struct node *node_parent(const struct node *n)
{
	return n->parent != NULL && n->parent->form != NULL ? n->parent : NULL;
}

size_t node_position(const struct node *n)
{
	return (size_t)n->position + 1;
}

struct node *node_child(struct node *n, const struct xf_node *child)
{
	struct slot *slot = &n->slots[child->slot];

	return slot->n > 0 ? slot->items[0] : NULL;
}

size_t node_count(struct node *n, const struct xf_node *repeat)
{
	return n->slots[repeat->slot].n;
}

struct node *node_instance(struct node *n, const struct xf_node *repeat,
	size_t position)
{
	struct slot *slot = &n->slots[repeat->slot];

	return position >= 1 && position <= slot->n ?
		slot->items[position - 1] : NULL;
}

void node_ref(const struct node *n, struct str *out)
{
	if (n->form == NULL)
		return;
	if (n->parent != NULL)
		node_ref(n->parent, out);
	str_addc(out, '/');
	if (n->form->prefix[0] != '\0')
		str_addf(out, "%s:", n->form->prefix);
	str_add(out, n->form->local);
	if (n->form->is_repeat)
		str_addf(out, "[%zu]", node_position(n));
}

/* One step "prefix:name[3]" at *at, which moves on behind it. */
struct step_text { const char *name; size_t n; size_t position; };

static bool next_step(const char **at, struct step_text *step)
{
	const char *p = *at, *colon;

	if (*p != '/')
		return false;
	step->name = ++p;
	p += strcspn(p, "/[");
	step->n = (size_t)(p - step->name);
	colon = memchr(step->name, ':', step->n);
	if (colon != NULL) {
		step->n -= (size_t)(colon + 1 - step->name);
		step->name = colon + 1;
	}
	step->position = 0;
	if (*p == '[') {
		char *end;
		unsigned long value = strtoul(p + 1, &end, 10);

		if (end == p + 1 || *end != ']' || value == 0)
			return false;
		step->position = value;
		p = end + 1;
	}
	*at = p;
	return step->n > 0;
}

static const struct xf_node *form_child(const struct xf_node *form,
	const struct step_text *step)
{
	const char *local = intern_find(step->name, step->n);

	return local != NULL ? xf_child(form, local) : NULL;
}

static bool no_such_node(const char *ref, struct err *err)
{
	return err_set(err, ERR_NODE, _("there is no '%s'"), ref);
}

/* The node or, when the last step is a repeat without position, the repeat. */
static bool find(struct session *s, const char *ref, struct node **node,
	const struct xf_node **repeat, struct err *err)
{
	struct step_text step;
	const char *at = ref;
	struct node *n = s->root;

	*repeat = NULL;
	if (!next_step(&at, &step) || strncmp(n->form->local, step.name,
			step.n) != 0 || n->form->local[step.n] != '\0')
		return no_such_node(ref, err);
	while (*at != '\0') {
		const struct xf_node *child;

		if (n->form->is_value || !next_step(&at, &step))
			return no_such_node(ref, err);
		child = form_child(n->form, &step);
		if (child == NULL)
			return no_such_node(ref, err);
		if (child->is_repeat && step.position == 0 && *at == '\0') {
			*node = n;
			*repeat = child;
			return true;
		}
		if (!child->is_repeat && step.position > 1)
			return no_such_node(ref, err);
		n = node_instance(n, child,
			step.position > 0 ? step.position : 1);
		if (n == NULL)
			return no_such_node(ref, err);
	}
	*node = n;
	return true;
}

struct node *session_find(struct session *s, const char *ref, struct err *err)
{
	const struct xf_node *repeat;
	struct node *n;

	if (!find(s, ref, &n, &repeat, err))
		return NULL;
	if (repeat != NULL) {
		n = node_instance(n, repeat, 1);
		if (n == NULL)
			no_such_node(ref, err);
	}
	return n;
}

bool session_place(struct session *s, const char *ref, struct place *place,
	struct err *err)
{
	return find(s, ref, &place->node, &place->repeat, err);
}

bool session_find_repeat(struct session *s, const char *ref,
	struct node **parent, const struct xf_node **repeat, struct err *err)
{
	struct node *n;

	if (!find(s, ref, &n, repeat, err))
		return false;
	if (*repeat == NULL)
		return err_set(err, ERR_NODE, _("'%s' is no repeat"), ref);
	*parent = n;
	return true;
}

struct node *session_meta(struct session *s, const struct xf_node *meta)
{
	struct node *block;

	if (meta == NULL)
		return NULL;
	block = node_child(s->root, meta->parent);
	return block != NULL ? node_child(block, meta) : NULL;
}

void each_instance(struct node *from, const struct xf_node *target,
	void (*visit)(void *data, struct node *n), void *data)
{
	const struct xf_node *step = target;

	if (from->form == target) {
		visit(data, from);
		return;
	}
	while (step->parent != from->form)
		step = step->parent;
	for (uint32_t i = 0; i < from->slots[step->slot].n; i++)
		each_instance(from->slots[step->slot].items[i], target, visit,
			data);
}

void each_nearest(struct node *from, const struct xf_node *target,
	void (*visit)(void *data, struct node *n), void *data)
{
	const struct xf_node *common = target;

	while (from->form->depth > common->depth)
		from = from->parent;
	while (common->depth > from->form->depth)
		common = common->parent;
	while (common != from->form) {
		common = common->parent;
		from = from->parent;
	}
	each_instance(from, target, visit, data);
}
