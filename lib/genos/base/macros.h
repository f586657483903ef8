/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* The one door out of the library: everything else is hidden. */
#define GENOS_API __attribute__ ((visibility ("default"))) extern
