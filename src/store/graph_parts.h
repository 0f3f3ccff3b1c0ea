/*
 * The inside of graph.h: one record at a time, as a graph of its versions.
 * Only graph.c, which makes it, and shown.c, which says what of it is shown,
 * include this.
 */
#ifndef BAYAZ_STORE_GRAPH_PARTS_H
#define BAYAZ_STORE_GRAPH_PARTS_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "crypt/crypt.h"
#include "store/graph.h"

struct db;

/* A set of row numbers. */
struct idset { int64_t *slots; size_t n, n_slots; };	/* 0: free */
bool idset_has(const struct idset *ids, int64_t id);
void idset_add(struct idset *ids, int64_t id);

struct hash { uint8_t bytes[SHA256_BYTES]; };

/* A version, or (id 0) "all versions with this instanceID". */
struct vertex {
	int64_t id, old_record;
	struct hash sha256;
	const char *instance, *deprecated;
	size_t first_prior, n_priors;	/* in graph.priors */
	size_t first_edge;		/* to what was made from it; 0: none */
	size_t first_back;		/* from what it was made from */
	size_t n_waiting, n_followers;
	size_t n_reached;		/* by how many heads, going back */
	int64_t depth;
	bool done;
	bool deleted;			/* a deletion in force names it */
};

struct edge { size_t from, to, next, next_back; bool dropped; };	/* [0]: none */

struct graph {
	struct store *store;
	struct db *db;
	struct idset seen, claimed;
	struct arena *arena;		/* of the record at hand */
	struct arena_mark mark;		/* where it begins */
	const char *form;
	VEC(struct vertex) vertices;
	VEC(struct hash) priors;
	VEC(struct edge) edges;
	VEC(size_t) ready;
	bool has_reviews, has_horizons;	/* statements in force */
	struct map tokens;		/* instances and hashes looked up */
	VEC(int64_t) to_tell;		/* records that changed */
	graph_changed *gone, *changed;
	void *context;
};

/* Write down what the versions at hand come to: record, depths, heads, what
 * is shown.  They are sorted by hash, their depths are known. */
bool graph_write_down(struct graph *g, struct err *err) MUST_CHECK;

#endif
