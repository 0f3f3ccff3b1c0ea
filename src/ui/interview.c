#include "config.h"

#include "ui/interview.h"

#include "ui/lines.h"

enum interview_end interview_run(const struct interview_setup *setup,
	struct err *err)
{
	return lines_run(setup, err);
}
