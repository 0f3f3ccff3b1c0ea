/*
 * Repeats as a whole: are they relevant, and how many instances does jr:count
 * want?  Source: ODK XForms, "Repeats"; engine protocol, section 5.
 */
#include "config.h"

#include <math.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "session/node.h"

/* Of one record: some 150 MB. */
#define MOST_NODES ((size_t)1000000)

/* An instance that was never there, to look from; node_free() it. */
static struct node *probe_new(struct session *s, struct node *parent,
	const struct xf_node *repeat)
{
	size_t n_counts = s->counts.n, n_timely = s->timely.n;
	uint32_t last_id = s->last_id;
	struct node *probe;

	s->is_probing = true;		/* no marks: they would outlive it */
	probe = node_new(s, repeat, parent);
	s->is_probing = false;
	s->counts.n = n_counts;
	s->timely.n = n_timely;
	ids_forget_below(s, probe);
	s->n_nodes--;
	s->last_id = last_id;
	probe->dirty = 0;
	return probe;
}

bool repeat_is_relevant(struct session *s, struct node *parent,
	const struct xf_node *repeat)
{
	struct slot *slot = &parent->slots[repeat->slot];
	const struct xf_expr *relevant = repeat->bind->relevant;
	struct node *probe;
	bool is;

	if (!node_is_relevant(s, parent))
		return false;
	if (relevant == NULL)
		return true;
	for (uint32_t i = 0; i < slot->n; i++)
		if (node_is_relevant(s, slot->items[i]))
			return true;
	if (slot->n > 0)
		return false;
	probe = probe_new(s, parent, repeat);
	is = eval_flag(s, probe, relevant, true);
	node_free(probe);
	return is;
}

/* --- counts --- */

struct counted { struct session *s; const char *text; };

static void read_count(void *data, struct node *n)
{
	struct counted *counted = data;

	if (counted->text != NULL)
		return;
	compute(counted->s, n, XF_P_VALUE);
	counted->text = node_raw_value(n);
}

/* JavaRosa counts by what stands in the node, be it relevant or not. */
static const char *node_count_text(struct session *s, struct node *parent,
	const struct xf_node *count_node)
{
	struct counted counted = { s, NULL };

	each_nearest(parent, count_node, read_count, &counted);
	return counted.text != NULL ? counted.text : "";
}

/* The count is written as seen from an instance; there may be none yet. */
static bool eval_count(struct session *s, struct node *parent,
	const struct xf_node *repeat, double *count, struct err *err)
{
	struct arena_mark mark = arena_mark(s->scratch);
	struct slot *slot = &parent->slots[repeat->slot];
	struct node *probe = slot->n > 0 ? NULL : probe_new(s, parent, repeat);
	struct xp_context ctx = node_context(s,
		probe != NULL ? probe : slot->items[0]);
	struct err local = ERR_INIT;
	const char *text;
	bool ok = true;

	if (repeat->count_node != NULL)
		text = node_count_text(s, parent, repeat->count_node);
	else
		ok = xpath_eval_text(repeat->count->program, &ctx, &text,
			&local);
	if (ok)
		*count = xp_text_to_number(text);
	else
		note_failure(s, parent, repeat->count, &local);
	node_free(probe);
	arena_reset(s->scratch, mark);
	return ok || !take_failure(s, err);
}

static size_t n_nodes_of(const struct xf_node *form)
{
	size_t n = 1;

	for (unsigned i = 0; i < form->n_children; i++)
		n += n_nodes_of(form->children[i]);
	return n;
}

bool has_room_for(struct session *s, const struct xf_node *repeat,
	size_t n_instances, struct err *err)
{
	size_t each = n_nodes_of(repeat);

	if (s->n_nodes < MOST_NODES &&
			n_instances <= (MOST_NODES - s->n_nodes) / each)
		return true;
	return err_set(err, ERR_LIMIT, _("with %2$zu instances of '%1$s' the "
		"record would be too large"), repeat->ref, n_instances);
}

static bool add_instances(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t want, struct err *err)
{
	size_t there = parent->slots[repeat->slot].n;

	if (want > there && !has_room_for(s, repeat, want - there, err))
		return false;
	while (parent->slots[repeat->slot].n < want) {
		bool is_read = before_new_repeat(s, parent, repeat);
		size_t position = parent->slots[repeat->slot].n;
		struct node *n = instance_insert(s, parent, repeat, position);

		preload(s, n, false);
		if (!fire_new_repeat(s, n, err))
			return false;
		mark_below_changed(s, n);
		if (is_read)		/* by the next one's actions */
			mark_structure_changed(s, parent, repeat, position);
	}
	return true;
}

/* Of a record that is loaded, what is beyond the count is left out, and told
 * with all that was in it. */
static void report_beyond(struct session *s, struct node *n)
{
	struct str ref = STR_INIT, xml = STR_INIT;

	node_ref(n, &ref);
	node_xml(s, n, &xml);
	problem_add(s->load_problems, SEVERITY_WARNING, ERR_RECORD, "", 0, 0,
		ref.data, NULL, _("the count does not allow '%1$s': it was "
		"left out: %2$s"), ref.data, xml.data);
	str_release(&ref);
	str_wipe(&xml);
}

static void drop_from(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t first)
{
	struct slot *slot = &parent->slots[repeat->slot];

	if (first >= slot->n)
		return;
	for (size_t i = first; i < slot->n; i++)
		mark_below_changed(s, slot->items[i]);
	instances_remove(s, parent, repeat, first, slot->n - first);
}

void drop_beyond(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t want)
{
	struct slot *slot = &parent->slots[repeat->slot];

	for (size_t i = slot->n; i > want; i--)
		report_beyond(s, slot->items[i - 1]);
	drop_from(s, parent, repeat, want);
}

/* JavaRosa keeps instances beyond the count; so do we, if they hold an
 * answer (engine protocol, section 5). */
static void drop_unanswered(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t want)
{
	struct slot *slot = &parent->slots[repeat->slot];
	size_t first = slot->n;

	while (first > want && !node_has_answer(slot->items[first - 1]))
		first--;
	drop_from(s, parent, repeat, first);
}

/* A count such as "one more than there are, unless the last one said no" would
 * grow without end if it were followed at once.  In JavaRosa a person has to
 * walk past an instance for the next one to come; here, the last one has to
 * have an answer. */
static size_t next_wanted(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t want)
{
	const struct slot *slot = &parent->slots[repeat->slot];
	bool known = s->own_counts != NULL &&
		s->own_counts[repeat->index] == 1;

	if (want <= slot->n || slot->n == 0 ||
			(slot->grown_in != s->settling && !known) ||
			!count_follows_itself(s, repeat) ||
			node_has_answer(slot->items[slot->n - 1]))
		return want;
	return slot->n;
}

static bool apply_count(struct session *s, struct node *parent,
	const struct xf_node *repeat, struct err *err)
{
	size_t before = parent->slots[repeat->slot].n, after;
	double count = NAN;

	if (!eval_count(s, parent, repeat, &count, err))
		return false;
	if (isnan(count) || count < 0)
		return true;		/* a blank count changes nothing */
	if (count > MOST_INSTANCES)
		return err_set(err, ERR_LIMIT,
			_("'%s' would have more than %d instances"),
			repeat->ref, MOST_INSTANCES);
	drop_unanswered(s, parent, repeat, (size_t)count);
	if (s->load_problems != NULL)
		drop_beyond(s, parent, repeat, (size_t)count);
	if (parent->slots[repeat->slot].n > (size_t)count)
		s->kept_beyond = repeat;
	if (!add_instances(s, parent, repeat, next_wanted(s, parent, repeat,
			(size_t)count), err))
		return false;
	after = parent->slots[repeat->slot].n;
	if (after != before)
		mark_structure_changed(s, parent, repeat,
			before < after ? before : after);
	if (after > before)
		parent->slots[repeat->slot].grown_in = s->settling;
	if (after > before)
		mark_written_over(s, parent, repeat, before, false);
	return true;
}

bool is_beyond_count(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position)
{
	double count = NAN;

	return eval_count(s, parent, repeat, &count, NULL) &&
		!isnan(count) && (double)position > count;
}

static bool settle_counts_of(struct session *s, struct node *n,
	struct err *err)
{
	undo_keep_state(s, n);
	n->dirty &= (uint8_t)~property_bit(XF_P_COUNT);
	for (unsigned i = 0; i < n->form->n_children; i++)
		if (n->form->children[i]->count != NULL &&
				!apply_count(s, n, n->form->children[i], err))
			return false;
	return true;
}

/* Counts of what is not relevant wait until it is. */
static void wake_waiting(struct session *s)
{
	if (!s->relevance_marked)
		return;
	s->relevance_marked = false;
	for (size_t i = 0; i < s->waiting.n; i++)
		vec_push(&s->counts, s->waiting.items[i]);
	s->waiting.n = 0;
}

bool settle_counts(struct session *s, struct err *err)
{
	unsigned long rounds = 0;

	s->settling++;
	wake_waiting(s);
	while (s->counts.n > 0) {
		struct node *n = s->counts.items[--s->counts.n];

		if (++rounds > 10UL * MOST_INSTANCES)
			return err_set(err, ERR_CYCLE,
				_("the count of a repeat in '%s' depends on "
				"its own instances"), n->form->ref);
		if (!(n->dirty & property_bit(XF_P_COUNT)))
			continue;
		if (!node_is_relevant(s, n))
			vec_push(&s->waiting, n);
		else if (!settle_counts_of(s, n, err))
			return false;
		wake_waiting(s);
	}
	return true;
}

bool node_is_fixed(struct session *s, const struct xf_node *repeat)
{
	(void)s;
	return repeat->count != NULL || repeat->no_add_remove;
}
