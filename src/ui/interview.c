#include "config.h"

#include "ui/interview.h"

#include "ui/lines.h"
#include "ui/screen.h"

enum interview_end interview_run(const struct interview_setup *setup,
	struct err *err)
{
	return setup->term != NULL ? screen_run(setup, err) :
		lines_run(setup, err);
}
