/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether @address, as text, is one of this machine's now. What was opened from one that is not any more
 * gets no answer, and no error either before minutes have passed. TRUE also when that cannot be found
 * out. Looks at the kernel's list; no network. */
gboolean genos_local_address_is_here (const char *address);

G_END_DECLS
