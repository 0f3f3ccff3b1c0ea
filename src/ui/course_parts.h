/* What the files of course.h share. */
#ifndef BAYAZ_UI_COURSE_PARTS_H
#define BAYAZ_UI_COURSE_PARTS_H

#include "ui/course.h"

/* What names a stop in the record's head: the question's reference, the
 * repeat's for the place after its last instance, "end"; or '+' and a
 * reference for the stop after that question or the first in that instance. */
void course_add_place(const struct course *c, size_t at, struct str *out);
/* False: there is no such stop now. */
bool course_go_place(struct course *c, const char *place);
/* Where it was left; at the beginning if that is gone. */
void course_resume(struct course *c, const char *place);

bool course_make_steps(struct course *c, struct err *err) MUST_CHECK;
/* Steps change with every answer: find our place in the new ones. */
bool course_refresh(struct course *c, struct err *err) MUST_CHECK;
/* To the next stop, without a trace on disk. */
void course_next_stop(struct course *c);
/* On a stop, after steps have changed under us. */
void course_settle(struct course *c);

bool course_check_language(struct course *c, struct err *err) MUST_CHECK;

#endif
