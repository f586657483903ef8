/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* GENOS_ERROR_MISSING_PLUGIN names the element a link cannot do without and the package that brings
 * it. */
gboolean genos_webrtc_check_plugins (GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
