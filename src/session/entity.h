/*
 * What a record creates and updates: the entities that its form declares, with
 * the values they have now.  Nothing is changed.
 * Source: ODK entities specification, 2022.1 to 2025.1.
 */
#ifndef BAYAZ_SESSION_ENTITY_H
#define BAYAZ_SESSION_ENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "session/session.h"

enum entity_action {
	ENTITY_NONE,		/* not for this record */
	ENTITY_CREATE,
	ENTITY_UPDATE,
	ENTITY_UPSERT		/* update, or create where there is none */
};

/* Why no server would take it. */
enum entity_fault {
	ENTITY_FITS,
	ENTITY_NO_DATASET,
	ENTITY_BAD_ID,		/* no UUID of version 4 */
	ENTITY_NO_LABEL		/* a new one has to have one */
};

struct entity_property {
	const char *name, *value;
	struct node *node;	/* where it was answered */
};

/* Texts are "" where the record says nothing. */
struct entity {
	struct node *node;	/* the <entity> */
	enum entity_action action;
	enum entity_fault fault;	/* of ENTITY_NONE: ENTITY_FITS */
	const char *dataset, *id, *label;
	const char *base_version, *trunk_version, *branch_id;
	/* Of relevant nodes, blank ones too; each name once: what comes later
	 * in the form counts. */
	struct entity_property *properties; size_t n_properties;
};

struct entities { struct entity *items; size_t n; };

/* The relevant ones, by declaration, then by instance.  All is copied into
 * `arena`, except nodes. */
void session_entities(struct session *s, struct arena *arena,
	struct entities *out);

/* A UUID of version 4, as the id of an entity must be. */
bool entity_id_fits(const char *id);

/* "create", "update" ...; "dataset", "id", "label" or, of what fits, NULL: for
 * programs. */
const char *entity_action_name(enum entity_action action);
const char *entity_fault_name(enum entity_fault fault);

#endif
