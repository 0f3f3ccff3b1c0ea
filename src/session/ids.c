/*
 * Nodes and repeats by their ids.  The table is made when somebody first asks
 * by id: most records never need it.
 */
#include "config.h"

#include "base/gettext.h"
#include "base/mem.h"
#include "session/node.h"

static void put(struct session *s, uint32_t id, struct node *n,
	const struct xf_node *repeat)
{
	struct place place = { n, repeat };
	struct place none = { NULL, NULL };

	while (s->by_id.n <= id)
		vec_push(&s->by_id, none);
	s->by_id.items[id] = place;
}

void ids_add(struct session *s, struct node *n)
{
	if (s->by_id.n > 0)
		put(s, n->id, n, NULL);
}

static void put_below(struct session *s, struct node *n)
{
	put(s, n->id, n, NULL);
	if (n->slots == NULL)
		return;
	for (unsigned i = 0; i < n->form->n_children; i++) {
		if (n->slots[i].id != 0)
			put(s, n->slots[i].id, n, n->form->children[i]);
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			put_below(s, n->slots[i].items[k]);
	}
}

void ids_restore_below(struct session *s, struct node *n)
{
	if (s->by_id.n > 0)
		put_below(s, n);
}

static void forget(struct session *s, uint32_t id)
{
	if (id < s->by_id.n)
		s->by_id.items[id].node = NULL;
}

void ids_forget_below(struct session *s, struct node *n)
{
	if (s->by_id.n == 0)
		return;
	forget(s, n->id);
	if (n->slots == NULL)
		return;
	for (unsigned i = 0; i < n->form->n_children; i++) {
		forget(s, n->slots[i].id);
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			ids_forget_below(s, n->slots[i].items[k]);
	}
}

bool session_place_by_id(struct session *s, uint32_t id, struct place *place)
{
	if (s->by_id.n == 0)
		put_below(s, s->root);
	if (id == 0 || id >= s->by_id.n || s->by_id.items[id].node == NULL)
		return false;
	*place = s->by_id.items[id];
	return true;
}

struct node *session_by_id(struct session *s, uint32_t id)
{
	struct place place;

	return session_place_by_id(s, id, &place) && place.repeat == NULL ?
		place.node : NULL;
}

uint32_t session_repeat_id(struct session *s, struct node *parent,
	const struct xf_node *repeat)
{
	struct slot *slot = &parent->slots[repeat->slot];

	if (slot->id == 0) {
		slot->id = ++s->last_id;
		if (s->by_id.n > 0)
			put(s, slot->id, parent, repeat);
	}
	return slot->id;
}
